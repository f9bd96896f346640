"""A Discord bot: `/link` gives a member of one server a personal alfaview link, which nobody else sees."""

from os import environ

import discord
from discord import app_commands
from personal_links import PersonalLinks

from alfaview_async import Alfaview


class LinkBot(discord.Client):
    """Serves the members of one server.

    Args:
        server_id: The server (guild) whose members may ask.
        room: Name or path of the alfaview room.
    """

    links: PersonalLinks

    def __init__(self, *, server_id: int, room: str) -> None:
        super().__init__(intents=discord.Intents(guilds=True))  # the bot reads no messages
        self.alfaview = Alfaview.from_env()
        self.room = room
        self.server = discord.Object(server_id)
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(link, guild=self.server)

    async def setup_hook(self) -> None:
        """Open what the commands need, before the first one can come."""
        self.links = await PersonalLinks.into(self.alfaview, self.room)
        await self.tree.sync(guild=self.server)

    async def close(self) -> None:
        """Close both clients."""
        await super().close()
        await self.alfaview.close()


@app_commands.command(description="Your personal link into the alfaview room")
async def link(interaction: discord.Interaction[LinkBot]) -> None:
    """Answer so that only the member sees it; Discord waits three seconds, so first say that it takes longer."""
    await interaction.response.defer(ephemeral=True)
    user = interaction.user
    answer = await interaction.client.links.answer(f"discord:{user.id}", user.display_name)
    await interaction.followup.send(answer, ephemeral=True, suppress_embeds=True)


if __name__ == "__main__":
    bot = LinkBot(server_id=int(environ["DISCORD_SERVER_ID"]), room=environ["ALFAVIEW_ROOM"])
    bot.run(environ["DISCORD_TOKEN"])
