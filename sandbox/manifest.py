"""What of an app's manifest the workspace goes by: commands, scopes, events, request URLs."""

from pathlib import Path
from typing import Final, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class DisplayInformation(_Part):
    """The app's name as people see it."""

    name: str
    description: str = ""


class SlashCommand(_Part):
    """One command that the app answers."""

    command: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False
    url: str | None = None


class BotUser(_Part):
    """The app's own user."""

    display_name: str
    always_online: bool = False


class Shortcut(_Part):
    """One entry of the composer's menu ("global"), or of each message's ("message")."""

    name: str
    type: Literal["global", "message"]
    callback_id: str
    description: str = ""


class AppHome(_Part):
    """Which tabs the app's conversation has."""

    home_tab_enabled: bool = False
    messages_tab_enabled: bool = False
    messages_tab_read_only_enabled: bool = True

    @property
    def takes_messages(self) -> bool:
        """Tell whether people may write and type commands in the app's conversation."""
        return self.messages_tab_enabled and not self.messages_tab_read_only_enabled


class RichPreviews(_Part):
    """Whether the app has Work Objects, and of which types."""

    is_active: bool = False
    entity_types: tuple[str, ...] = ()

    @property
    def types(self) -> tuple[str, ...]:
        """The types of Work Objects that are switched on."""
        return self.entity_types if self.is_active else ()


class Features(_Part):
    """What the app brings."""

    app_home: AppHome = AppHome()
    bot_user: BotUser | None = None
    slash_commands: tuple[SlashCommand, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    unfurl_domains: tuple[str, ...] = ()
    rich_previews: RichPreviews = RichPreviews()


class Scopes(_Part):
    """What the app's token may do."""

    bot: tuple[str, ...] = ()


class OAuthConfig(_Part):
    """Holds the scopes."""

    scopes: Scopes = Scopes()


class EventSubscriptions(_Part):
    """Which events the app gets, and where."""

    request_url: str | None = None
    bot_events: tuple[str, ...] = ()


class Interactivity(_Part):
    """Where buttons, forms and select menus are answered."""

    is_enabled: bool = False
    request_url: str | None = None
    message_menu_options_url: str | None = None


SOCKET: Final = "socket:"  # in the place of a request URL: by Socket Mode


class Settings(_Part):
    """How the app is reached."""

    event_subscriptions: EventSubscriptions = EventSubscriptions()
    interactivity: Interactivity = Interactivity()
    socket_mode_enabled: bool = False


class Manifest(_Part):
    """An app's manifest."""

    display_information: DisplayInformation
    features: Features = Features()
    oauth_config: OAuthConfig = OAuthConfig()
    settings: Settings = Field(default_factory=Settings)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a manifest file, YAML or JSON."""
        return cls.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))

    def reached_at(self, url: str) -> Self:
        """Put one request URL in place of each one that the manifest uses.

        Interactivity that is switched off stays off, and without an options URL external selects stay without answers,
        as in Slack.
        """
        commands = tuple(c.model_copy(update={"url": url}) for c in self.features.slash_commands)
        old = self.settings
        options = url if old.interactivity.message_menu_options_url else None
        settings = old.model_copy(
            update={
                "event_subscriptions": old.event_subscriptions.model_copy(update={"request_url": url}),
                "interactivity": old.interactivity.model_copy(
                    update={"request_url": url, "message_menu_options_url": options}
                ),
            }
        )
        features = self.features.model_copy(update={"slash_commands": commands})
        return self.model_copy(update={"features": features, "settings": settings})

    def over_sockets(self) -> Self:
        """Have everything come by Socket Mode, which needs no URL, for options neither."""
        old = self.settings.interactivity
        interactivity = old.model_copy(update={"message_menu_options_url": SOCKET})
        settings = self.settings.model_copy(update={"interactivity": interactivity})
        return self.model_copy(update={"settings": settings}).reached_at(SOCKET)

    def command(self, name: str) -> SlashCommand | None:
        """Find a slash command by its name with the slash; Slack ignores case."""
        wanted = name.casefold()
        return next((c for c in self.features.slash_commands if c.command.casefold() == wanted), None)

    def shortcut(self, kind: Literal["global", "message"], callback_id: str) -> Shortcut | None:
        """Find a shortcut of one kind."""
        known = (s for s in self.features.shortcuts if s.type == kind)
        return next((s for s in known if s.callback_id == callback_id), None)

    @property
    def bot_name(self) -> str:
        """The name under which the app posts."""
        return self.features.bot_user.display_name if self.features.bot_user else self.display_information.name
