"""`hebao worker`: plan and send reminders and do the nightly work, beside web servers on one PostgreSQL."""

from __future__ import annotations

import typer

from bot.commands.options import refuse, settings_of
from policy_engine.errors import N_


def add_worker(app: typer.Typer) -> None:
    """Put the command into the command line."""

    @app.command()
    def worker() -> None:
        """Plan and send reminders and do the nightly work. Any number of these share one PostgreSQL."""
        import asyncio

        from bot.commands.options import catalogue_of
        from bot.listening import address, listen
        from bot.logs import set_up_logs
        from bot.metrics import WorkerMetrics
        from bot.opening import open_store
        from bot.outreach.working import Working
        from bot.settings import SettingsError, sqlite_folder

        settings, words = settings_of(), catalogue_of(None)
        if sqlite_folder(settings.database_url) is not None:
            refuse(words(N_("worker.not_on_sqlite")))
        port = settings.worker_port
        try:
            listener = listen(settings.host, port, "HEBAO_WORKER_PORT") if port is not None else None
        except SettingsError as error:
            refuse(str(error))
        set_up_logs()

        async def work() -> None:
            with open_store(settings) as store:
                try:
                    from bot.outreach.processes import Processes
                except ImportError:
                    refuse(words(N_("worker.not_installed")))
                metrics = WorkerMetrics()
                working = Working(store, settings, figures=metrics.work)
                processes = Processes(working, settings.database_url)
                channels = ", ".join(working.channels) or "–"
                if listener is None:
                    await processes.run(lambda: typer.echo(words(N_("worker.works"), channels=channels)))
                    return
                from bot.outreach.watched import Watched

                watched = Watched(store, lambda: processes.at_work, metrics)
                answering = asyncio.create_task(watched.serve(listener))
                told = words(N_("worker.works_watched"), channels=channels, address=address(listener))
                await processes.run(lambda: typer.echo(told))
                watched.close()
                await answering

        asyncio.run(work())
