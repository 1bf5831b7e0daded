"""The Jobs page: what runs behind the scenes, what failed, and what to do about it."""

import uuid
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from jobs import selectors, services, words
from jobs.coming import coming
from jobs.errors import NotPossible
from jobs.filters import JobFilter
from jobs.kinds import label_of
from jobs.models import Job
from jobs.ordering import JOBS
from jobs.tables import JobTable, may_cancel, may_retry
from tenancy.lists import StaffListView
from tenancy.roles import Role
from tenancy.views import StaffView
from ui import cells
from ui.htmx import dialog_base, vary_on_htmx
from ui.listing import Tab
from ui.timeline import Fact

# A beat that has not ticked for so long is not running.
BEAT_IS_LATE = timedelta(minutes=1)


def beat_is_late() -> bool:
    """Say whether the clock has not ticked for longer than it may."""
    age = selectors.beat_age()
    return age is None or age > BEAT_IS_LATE


class JobList(StaffListView):
    """All jobs of the merchant, with a summary of each kind above."""

    role = Role.VIEWER
    title = _("Jobs")
    template_name = "jobs/list.html"
    table_class = JobTable
    filterset_class = JobFilter
    sorts = JOBS
    default_sort = "-created"
    tabs = (
        Tab(_("All")),
        Tab(_("Waiting"), "state=due&state=running"),
        Tab(_("Dead"), "state=dead"),
        Tab(_("Done"), "state=done", counted=False),
    )
    counted = ngettext_lazy("%(shown)s job", "%(shown)s jobs", "number")
    empty_title = _("No jobs yet")
    empty_text = _("Work that runs behind the scenes, such as e-mails and checks, shows here.")

    def get_queryset(self) -> QuerySet[Job]:
        """Return the merchant's jobs."""
        return selectors.jobs_for_list()

    def get_table_kwargs(self) -> dict[str, Any]:
        """Give the table what its links need."""
        return {"merchant_slug": self.request.merchant.slug, "may_act": self.request.role >= Role.ADMIN}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the summary and the clock's state."""
        beat = {"late": beat_is_late()}
        summary = [] if kwargs.get("is_fragment") else selectors.kind_summaries()
        return super().get_context_data(summary=summary, beat=beat, **kwargs)


class ComingView(StaffView):
    """What the clock does by itself, and what lies ahead."""

    role = Role.VIEWER

    def get(self, request: Any) -> HttpResponse:
        """Show it."""
        context = {
            "title": _("Scheduled work"),
            "crumbs": [(_("Jobs"), reverse("jobs:list", args=[request.merchant.slug])), (_("Scheduled work"), "")],
            "lines": coming(now=timezone.now()),
            "beat_late": beat_is_late(),
        }
        return render(request, "jobs/coming.html", context)


class JobView(StaffView):
    """A page about one job."""

    def find(self, pk: uuid.UUID) -> Job:
        """Return the merchant's job, or answer 404."""
        found: Job = get_object_or_404(Job.objects.all(), pk=pk)
        return found

    def at(self, name: str, *args: Any) -> str:
        """Return the address of a page of this room."""
        return reverse(f"jobs:{name}", args=[self.request.merchant.slug, *args])


class JobDetail(JobView):
    """One job."""

    role = Role.VIEWER

    def get(self, request: Any, pk: uuid.UUID) -> HttpResponse:
        """Show it."""
        job = self.find(pk)
        may_act = request.role >= Role.ADMIN
        context = {
            "title": label_of(job.kind),
            "crumbs": [(_("Jobs"), self.at("list")), (label_of(job.kind), "")],
            "job": job,
            "state_badge": words.state(job),
            "facts": facts(job),
            "may_retry": may_act and may_retry(job),
            "may_cancel": may_act and may_cancel(job),
        }
        return render(request, "jobs/detail.html", context)


class JobAction(JobView):
    """One act on a job: GET asks, POST does it."""

    role = Role.ADMIN
    title: Any = ""
    text: Any = ""
    done: Any = ""
    tone = ""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Ask."""
        job = self.find(pk)
        context = {
            "dialog_base": dialog_base(request),
            "title": f"{self.title}: {label_of(job.kind)}",
            "text": self.text,
            "tone": self.tone,
            "submit_label": self.title,
            "cancel_url": self.at("detail", pk),
        }
        return vary_on_htmx(render(request, "ui/confirm.html", context))

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Do it, or say why not."""
        self.find(pk)
        try:
            self.perform(pk)
        except NotPossible:
            self.warn(_("This job has moved on in the meantime; nothing was changed."))
        else:
            self.say(self.done)
        return self.back_to(self.at("detail", pk))

    def perform(self, pk: uuid.UUID) -> None:
        """Call the service."""
        raise NotImplementedError


class JobRetry(JobAction):
    """Try a dead or cancelled job again."""

    title, done = _("Retry"), _("The job will run again in a moment.")
    text = _("The job starts again at once, with all its attempts before it.")

    def perform(self, pk: uuid.UUID) -> None:
        """Make it due."""
        services.retry(job_id=pk, actor=self.actor, now=timezone.now())


class JobCancel(JobAction):
    """Call a job off."""

    title, done, tone = _("Cancel the job"), _("The job was cancelled."), "bad"
    text = _("It will not run, or stop at its next step. What it has done already stays.")

    def perform(self, pk: uuid.UUID) -> None:
        """Call it off."""
        services.cancel(job_id=pk, actor=self.actor, now=timezone.now())


def facts(job: Job) -> list[Fact]:
    """Return what there is to know about a job."""
    return [
        Fact(str(_("Job")), f"{label_of(job.kind)} ({job.kind})"),
        Fact(str(_("Number")), cells.code(job.id)),
        Fact(str(_("Rows")), words.rows(job)),
        Fact(str(_("Attempts")), words.attempts(job)),
        Fact(str(_("Priority")), str(job.get_priority_display())),
        Fact(str(_("Next attempt")), cells.when(job.next_at) if job.finished_at is None else cells.dash()),
        Fact(str(_("Last error")), cells.code(job.last_error, copy=False)),
        Fact(str(_("Worker")), job.worker),
        Fact(str(_("Created")), cells.when(job.created_at)),
        Fact(str(_("Finished")), cells.when(job.finished_at)),
        Fact(str(_("About")), ", ".join(f"{name} {value}" for name, value in job.payload.items())),
        Fact(str(_("Result")), ", ".join(f"{name}: {value}" for name, value in job.result.items())),
    ]
