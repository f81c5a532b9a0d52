"""What holds for the whole run."""

import os

from hypothesis import HealthCheck, Phase, settings

# The same examples on every run: a failure is one that the next person sees too.
# Generating takes as long as it takes, and a bare failure needs no search for a smaller one.
settings.register_profile(
    "steady",
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("search", deadline=None, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
