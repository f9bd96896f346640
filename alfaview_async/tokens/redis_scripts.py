"""What Redis does in one step: scripts, since a test and the change that depends on it must not come apart.

A record is a hash: `record` holds its bytes, which may be sealed; `generation` is what a change is compared with;
`change` names the change that made it, so that one whose answer was lost can be sent again and is made once.
"""

from collections.abc import Sequence
from hashlib import sha1
from typing import Any, Protocol

Word = str | bytes | int


class Script:
    """A script and the digest that names it."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.digest = sha1(source.encode(), usedforsecurity=False).hexdigest()


class Commands(Protocol):
    """What is asked of Redis; answers come as integers, bytes and lists of them."""

    async def send(self, *words: Word) -> Any:
        """Send one command."""
        ...

    async def run(self, script: Script, keys: Sequence[bytes], *arguments: Word) -> Any:
        """Run a script."""
        ...


READ = Script("""
local kind = redis.call('TYPE', KEYS[1])['ok']
if kind == 'none' then return {} end
if kind ~= 'hash' then return {kind} end
return redis.call('HMGET', KEYS[1], 'generation', 'change', 'record')
""")
"""Key: record. Answers with its three fields, with nothing if there is none, with the type of what is no record."""

REPLACE = Script("""
local found = redis.call('HMGET', KEYS[1], 'generation', 'change')
if found[2] == ARGV[3] then return 1 end
if (found[1] or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'generation', ARGV[2], 'change', ARGV[3], 'record', ARGV[4])
return 1
""")
"""Key: record. Arguments: its generation (empty: there is none), the next generation, the change, the new bytes."""

SET_ASIDE = Script("""
local kind = redis.call('TYPE', KEYS[1])['ok']
if kind == 'none' then return 0 end
if kind == 'hash' and (redis.call('HGET', KEYS[1], 'change') or '') ~= ARGV[1] then return 0 end
redis.call('RENAME', KEYS[1], KEYS[2])
return 1
""")
"""Keys: record, other name. Argument: the change that made the record found bad; a later one stays."""

ACQUIRE = Script("""
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] and holder ~= ARGV[3] and holder ~= redis.call('LPOP', KEYS[2]) then
  return redis.call('PTTL', KEYS[1])
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 0
""")
"""Keys: lock, list. Arguments: who wants it, for how many milliseconds, the pass that was got from the list.

Answers 0, or in how many milliseconds the lock ends, -1 for never. It is free, too, for whom it was sent to twice, and
for anybody if its pass still lies in the list, since then nobody waits there.
"""

RELEASE = Script("""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('RPUSH', KEYS[2], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return 1
""")
"""Keys: lock, list. Arguments: who gives it back, a pass for the next, the milliseconds for which the pass is good.

Who has waited at the list for longest gets the pass. A lock of somebody else is not touched. The deletion comes first,
since a script that has begun to write may go on, even where the memory is full.
"""
