"""A stand-in for WeChat's servers over real HTTP, as strict as the real ones where that is known.

By hand: `python -m tests.standins.wechat --port 9001`, then HEBAO_WECHAT_API_BASE and HEBAO_WECHAT_LOGIN_BASE point
there. In tests: `with RunningWeChat() as wechat`. It knows nothing of our program: only what WeChat's pages say.
"""

from tests.standins.wechat.platform import Platform, Rules, User
from tests.standins.wechat.running import RunningWeChat

__all__ = ["Platform", "Rules", "RunningWeChat", "User"]
