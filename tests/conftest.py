"""What all tests share: databases, and honest property tests."""

from hypothesis import HealthCheck, settings

# The machine may be busy with other work: slowness is judged by benchmarks, not by properties.
settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=2_000)
settings.load_profile("default")

pytest_plugins = ["tests.support.postgres", "tests.support.projections"]
