"""`threatline serve`: the language server."""

from __future__ import annotations

import gc
import ipaddress

import click


class _Address(click.ParamType[tuple[str, int]]):
    name = "address"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        if isinstance(value, tuple):
            return value
        host, colon, port = str(value).rpartition(":")
        if not port.isdecimal() or not 0 <= int(port) <= 65535:
            self.fail(f"{value!r} is no HOST:PORT, such as 127.0.0.1:2087", param, ctx)
        return (host.strip("[]") if colon and host else "127.0.0.1"), int(port)


@click.command("serve")
@click.option("--stdio", is_flag=True, help="Speak on standard input and output (the default).")
@click.option(
    "--tcp", type=_Address(), metavar="[HOST:]PORT", help="Listen there instead; on this machine alone unless HOST says otherwise."
)
def command(stdio: bool, tcp: tuple[str, int] | None) -> None:
    """Run the language server, on standard input and output unless told otherwise."""
    if stdio and tcp:
        raise click.UsageError("--stdio and --tcp exclude each other")
    gc.enable()  # A server lives long.
    if tcp:
        from threatline.lsp.server import serve_tcp

        host, port = tcp
        if not _is_loopback(host):
            click.echo(f"threatline: listening on {host}: whoever reaches this port can read what the server reads", err=True)
        serve_tcp(host, port)
    else:
        from threatline.lsp.server import serve_stdio

        serve_stdio()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
