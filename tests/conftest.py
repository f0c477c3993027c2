"""How all tests run: how much hypothesis tries, and which signals are heard.

Hypothesis tries little in an ordinary run, much under `nox -s properties`.
"""

from __future__ import annotations

import signal

from hypothesis import HealthCheck, settings

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("default")

# In the background, or under nohup, these are ignored, and so they would be in all programs that tests start.
for _number, _action in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, _action)
