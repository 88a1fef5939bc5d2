"""Runs a command where every packet that would leave this machine is caught and told.

Called by ``unshare --net python closed_net.py COMMAND…``: the namespace has a loopback, and a device
to which all other addresses lead, read here and by nobody else. Prints the addresses that packets
were meant for, one a line, after the command's own output; the exit code is the command's.
"""

from __future__ import annotations

import fcntl
import ipaddress
import os
import struct
import subprocess
import sys
from pathlib import Path

_DEVICE = "out"
_TUNSETIFF = 0x400454CA
_IFF_TUN, _IFF_NO_PI = 0x0001, 0x1000
_TO = slice(16, 20)
MARK = "LEFT FOR"


def _device() -> int:
    """Make the device that all ways lead to; IPv6 is off, since it would speak by itself."""
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, _TUNSETIFF, struct.pack("16sH", _DEVICE.encode(), _IFF_TUN | _IFF_NO_PI))
    for name in ("all", "default", _DEVICE):
        Path(f"/proc/sys/net/ipv6/conf/{name}/disable_ipv6").write_text("1", encoding="ascii")
    for words in (
        "link set lo up",
        f"addr add 192.0.2.1/24 dev {_DEVICE}",
        f"link set {_DEVICE} up",
        f"route add default dev {_DEVICE}",
    ):
        subprocess.run(["ip", *words.split()], check=True)  # noqa: S607 -- iproute2's own
    return tun


def _caught(tun: int) -> list[str]:
    """Give where the packets that wait were meant for."""
    found: list[str] = []
    while True:
        try:
            packet = os.read(tun, 65_536)
        except BlockingIOError:
            return found
        found.append(str(ipaddress.IPv4Address(packet[_TO])))


def main() -> int:
    """Run the command and tell what would have left."""
    tun = _device()
    code = subprocess.run(sys.argv[1:], check=False).returncode
    sys.stdout.writelines(f"{MARK} {address}\n" for address in _caught(tun))
    return code


if __name__ == "__main__":
    sys.exit(main())
