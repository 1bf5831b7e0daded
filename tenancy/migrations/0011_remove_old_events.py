"""The two functions by which old events go out of the logs that are otherwise only added to.

Each knows by itself what is old, so that nobody who may call it can remove anything younger. They run with the rights
of the tables' owner, who is under the merchant's row level security too.
"""

from typing import Any

from django.db import migrations

AUDIT = """
CREATE FUNCTION remove_old_audit_events(p_merchant uuid, p_limit integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_days integer;
    v_end timestamptz;
    v_removed integer;
BEGIN
    SELECT r.audit_days INTO v_days FROM tenancy_retention r WHERE r.merchant_id = p_merchant;
    v_days := coalesce(v_days, 730);
    v_end := v_now - v_days * interval '24 hours';
    -- Or each night would write one event about the removal of one event.
    IF NOT EXISTS (SELECT FROM tenancy_auditevent e
                   WHERE e.merchant_id = p_merchant AND e.at < v_end AND e.action <> 'audit.cleaned') THEN
        RETURN 0;
    END IF;
    DELETE FROM tenancy_auditevent e WHERE e.merchant_id = p_merchant AND e.id = ANY (ARRAY(
        SELECT f.id FROM tenancy_auditevent f WHERE f.merchant_id = p_merchant AND f.at < v_end
        ORDER BY f.at, f.id LIMIT least(p_limit, 10000)));
    GET DIAGNOSTICS v_removed = ROW_COUNT;
    IF v_removed > 0 THEN
        INSERT INTO tenancy_auditevent
            (merchant_id, id, action, actor, target_type, target_id, before, after, reason, ip, request_id, at)
        VALUES (p_merchant, uuidv7(), 'audit.cleaned', 'system', 'audit_event', NULL, NULL,
            jsonb_build_object('events', v_removed, 'older_than', v_end, 'kept_days', v_days), '', NULL, '', v_now);
    END IF;
    RETURN v_removed;
END $$
"""
SECURITY = """
CREATE FUNCTION remove_old_security_events(p_limit integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_removed integer;
BEGIN
    DELETE FROM tenancy_securityevent e WHERE e.id = ANY (ARRAY(
        SELECT f.id FROM tenancy_securityevent f WHERE f.at < now() - 730 * interval '24 hours'
        ORDER BY f.at LIMIT least(p_limit, 10000)));
    GET DIAGNOSTICS v_removed = ROW_COUNT;
    RETURN v_removed;
END $$
"""
NAMES = ("remove_old_audit_events(uuid, integer)", "remove_old_security_events(integer)")
CREATE: Any = [
    AUDIT,
    SECURITY,
    *[f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC" for name in NAMES],
    *[f"GRANT EXECUTE ON FUNCTION {name} TO app_rw" for name in NAMES],
]
DROP: Any = [f"DROP FUNCTION {name}" for name in NAMES]


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0010_security_event_age")]

    operations = [migrations.RunSQL(CREATE, DROP)]
