"""The app's Home, as somebody opens it; ``bot.jobs.homes`` keeps it true from then on."""

from bot.deps import Deps
from bot.routes import HomeRequest, Routes
from bot.views.blocks import HomeView
from bot.views.home import home
from db.home import read_home


def register(routes: Routes, deps: Deps) -> None:
    """Route the opening of the Home."""

    async def show_home(request: HomeRequest) -> HomeView:
        return home(await read_home(deps.database, request.asker, opened=True))

    routes.home("app_home_opened", show_home)
