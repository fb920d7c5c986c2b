"""Bring a stack up: everything slow at once, then deploy, then load."""
from concurrent.futures import ThreadPoolExecutor

from . import audit, builds, catalogue, deployment, emulator, environment, mails, opensearch, outputs
from . import prerequisites, processes, services, stored_secrets, users
from .console import Failure, Step, say


def prepare(stack):
    """What can begin before anything is built: packages and the emulator, OpenSearch. Runs in threads; returns them."""
    pool = ThreadPoolExecutor(2)
    starting = pool.submit(_start_emulator, stack)
    searching = pool.submit(_start_opensearch, stack, starting)
    pool.shutdown(wait=False)
    return starting, searching


def _start_emulator(stack):
    environment.ensure()
    if not stack.is_emulated_here:
        return False
    return emulator.start(stack)


def _start_opensearch(stack, emulator_starting):
    opensearch.install()
    # A fresh emulator knows nothing of what an old index holds: they live and die together.
    fresh = emulator_starting.result()
    opensearch.start(stack, keep_data=not fresh)


def up(stack, sample=True, preparing=None):
    """Build, start, deploy and load; safe to repeat. Returns the outputs.

    ``preparing`` is what an earlier :func:`prepare` of the same stack returned.
    """
    if preparing is None:
        stack.home.mkdir(parents=True, exist_ok=True)
        prerequisites.check()
        prerequisites.check_ports(stack)
        stack.save()
        preparing = prepare(stack)
    try:
        programs = builds.build()
    except Failure:
        for future in preparing:
            future.cancel()
        raise
    fresh, _ = (future.result() for future in preparing)
    environment.activate()
    for name in ("souk-gateway", "souk-host", "souk-tables", "souk-edge"):
        if name not in programs:
            raise Failure(f"the build made no {name}: is infra/local complete?")
    services.start_gateway(stack, programs["souk-gateway"], empty=fresh)
    if stack.is_emulated_here:
        services.start_tables(stack, programs["souk-tables"], empty=fresh)
        services.start_host(stack, programs["souk-host"])
    _deploy(stack)
    services.start_edge(stack, programs["souk-edge"], deployment.outputs(stack)["DistributionId"])
    found = outputs.write(stack)
    users.create(stack, found["user_pool_id"])
    if sample:
        catalogue.load_sample(stack, found)
    return found


def _deploy(stack):
    with Step("deployment"):
        changed = deployment.deploy(stack, {
            "OpenSearchEndpoint": stack.url("opensearch"),
            "GatewayUrl": stack.url("gateway"),
            "BeaconUrl": stack.url("gateway") + "/beacon/public",
            "GatewaySecret": stored_secrets.gateway(stack),
            "EdgeSecret": stored_secrets.edge(stack),
            "CarrierSecret": stored_secrets.carriers(stack),
            "MailFrom": mails.SENDER,
            "MailIdentity": mails.verified_identity(stack),
            # The emulator takes what it can; a crowd's mails must not wait for AWS's rates.
            "MailRate": 50,
            "ShopUrl": stack.url("edge"),
            # One account here asks for a crowd.
            "ShopperRequests": 6000,
            # The tests' subscribers listen on this machine.
            "WebhookLoopback": "true",
            "KeepData": "false",
            # Known passwords protect nothing, so a second factor would not either.
            "StaffMfa": "optional",
            "AccessTokenMinutes": 60,
            "JwksBaseUrl": stack.aws_endpoint,
            **stack.parameters,
        })
        what = audit.audit(stack)
    say(f"    {'deployed' if changed else 'unchanged'}: {what}")


def down(stack):
    """End the stack's processes; what they held is gone, except what OpenSearch and the build left on disk."""
    processes.close(stack)
    ended = processes.stop_all(stack)
    for stamp in ("deployed.sha256", "catalogue.sha256", "outputs.json"):
        (stack.home / stamp).unlink(missing_ok=True)
    return ended
