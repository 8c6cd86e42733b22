"""A stand-in of WeChat Pay (API v3) over real HTTP: it takes orders of one merchant, has them paid, and tells of it.

By hand: `python -m tests.standins.wechat_pay --port 9002`.
"""

from tests.standins.wechat_pay.platform import Fault, Notice, PayPlatform
from tests.standins.wechat_pay.running import RunningPay

__all__ = ["Fault", "Notice", "PayPlatform", "RunningPay"]
