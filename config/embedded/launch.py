"""Becomes another program that cannot outlive the process that asked for it.

Run by path and stand-alone (`python -I -S launch.py OPTIONS -- PROGRAM ...`): it tells the kernel which
signal to send when the parent dies, drops to another user where asked, and then is the program itself,
so that the process id known to the parent is the program's.
"""

import argparse
import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
SECBIT_NO_SETUID_FIXUP = 1 << 2
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAPABILITY_VERSION_3 = 0x20080522


def main(argv: list[str]) -> None:
    """Drop rights, tie this process to its parent, and replace it by the program."""
    split = argv.index("--")
    options = arguments().parse_args(argv[:split])
    program = argv[split + 1 :]
    if options.uid is not None:
        drop_to(options.uid, options.gid, options.keep_capability)
    if sys.platform == "linux":
        # After the change of user, which clears it.
        prctl(PR_SET_PDEATHSIG, options.death_signal)
        if os.getppid() != options.parent:
            # The parent died before the kernel was told.
            sys.exit(1)
    os.execv(program[0], program)  # noqa: S606 - to be that program is the point


def arguments() -> argparse.ArgumentParser:
    """The options in front of `--`."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--death-signal", type=int, required=True)
    parser.add_argument("--uid", type=int)
    parser.add_argument("--gid", type=int)
    parser.add_argument("--keep-capability", type=int)
    return parser


def drop_to(uid: int, gid: int, capability: int | None) -> None:
    """Become that user for good, keeping one capability at most."""
    if capability is not None:
        # Capabilities outlive the change of user, and access(2) counts them for somebody who is not root.
        prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if capability is not None:
        keep(capability)


def keep(capability: int) -> None:
    """Give up all capabilities of the former root but one, which outlives the exec that follows."""
    low, high = (1 << capability) & 0xFFFFFFFF, (1 << capability) >> 32
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    # Twice effective, permitted, inheritable: the low and the high 32 bits.
    data = (ctypes.c_uint32 * 6)(low, low, low, high, high, high)
    if ctypes.CDLL(None, use_errno=True).capset(header, data) != 0:
        fail("capset")
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability)


def prctl(*numbers: int) -> None:
    """Tell the kernel something about this process, or leave with a plain line when the kernel refuses."""
    padded = [*numbers, 0, 0, 0, 0][:5]
    if ctypes.CDLL(None, use_errno=True).prctl(*(ctypes.c_ulong(number) for number in padded)) != 0:
        fail("prctl")


def fail(call: str) -> None:
    """Say which call was refused and why, and leave."""
    sys.exit(f"{call}: {os.strerror(ctypes.get_errno())}")


if __name__ == "__main__":
    main(sys.argv[1:])
