"""Apply every patch, then start ministack's own entry point."""
import importlib
import importlib.metadata
import os
import sys

from .hooks import SUPPORTED_VERSION

PATCHES = (
    "http_server", "function_host", "stepfunctions_latency", "dynamodb_tables",
    "httpapi_cors",
    "esm_threads", "esm_sqs_window", "esm_defaults", "esm_filters",
    "cfn_nested", "cfn_names", "cfn_secrets", "cfn_tables", "cfn_functions", "cfn_archive", "cfn_event_schemas", "cfn_roles",
    "cfn_alarms",
    "stepfunctions_validation", "event_targets", "function_logs", "cognito_users", "cognito_tokens",
    "sqs_batch_actions", "s3_distributions", "ses_resources", "role_operations",
)


def run():
    os.environ.setdefault("BIND_HOST", "127.0.0.1")
    # Lambda processes inherit it: without it their SDK calls leave for real AWS.
    os.environ.setdefault("AWS_ENDPOINT_URL", f"http://127.0.0.1:{os.environ.get('GATEWAY_PORT', '4566')}")
    version = importlib.metadata.version("ministack")
    if version != SUPPORTED_VERSION:
        print(f"launcher: written for ministack {SUPPORTED_VERSION}, found {version}", file=sys.stderr)
    for name in PATCHES:
        importlib.import_module(f"{__package__}.{name}").apply()
    from ministack.app import main
    return main()


if __name__ == "__main__":
    sys.exit(run())
