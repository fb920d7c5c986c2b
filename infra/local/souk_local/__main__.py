"""The commands behind the Makefile; each failure is one line on standard error and a non-zero exit."""
import argparse
import json
import signal
import sys
from pathlib import Path

from . import console, environment, outputs, processes, stack, up
from .console import Failure, say


def _running_demo():
    found = stack.existing("demo")
    if found is None or outputs.read(found) is None or not processes.is_alive(found, "edge"):
        raise Failure("no stack is running: start one with `make up`")
    environment.activate()
    return found


def _up(_args):
    found = up.up(stack.demo())
    say(f"\nSouk is up at {found['api_url']}  (make demo · make outputs · make down)")


def _demo(_args):
    demo = stack.demo()
    found = up.up(demo)
    from . import story
    story.tell(demo, found)


def _down(_args):
    found = stack.existing("demo")
    ended = up.down(found) if found else []
    say(f"ended: {', '.join(ended)}" if ended else "nothing was running")


def _outputs(_args):
    print(json.dumps(outputs.read(_running_demo()), indent=2))


def _import(args):
    for name, file in (("FILE", args.file), ("MAPPING", args.mapping)):
        if file is not None and not Path(file).is_file():
            raise Failure(f"{file!r} is not a file: give make import {name}=<file>")
    from . import catalogue
    options = ["--file", args.file]
    for name in ("mapping", "report", "connections"):
        if value := getattr(args, name):
            options += [f"--{name}", value]
    if args.dry_run:
        environment.ensure()
        catalogue.check(options)
    else:
        catalogue.run_import(_running_demo(), options)


def _change(args):
    if not Path(args.file).is_file():
        raise Failure(f"{args.file!r} is not a file: give make change FILE=<file>")
    from . import catalogue
    catalogue.run_change(_running_demo(), ["--file", args.file, *(["--report", args.report] if args.report else [])])


def _logs(args):
    from . import logs
    logs.show(_running_demo(), args.function)


def _mails(args):
    from . import mails
    mails.show(_running_demo(), args.count)


def _run_job(args):
    from . import functions
    print(json.dumps(functions.invoke(_running_demo(), args.function, args.input), indent=2))


def _reindex(args):
    from . import reindex
    print(json.dumps(reindex.run(_running_demo(), args.action), indent=2))


def _synonyms(args):
    if args.file is not None and not Path(args.file).is_file():
        raise Failure(f"{args.file!r} is not a file: give make synonyms FILE=<file>")
    from . import synonyms
    demo = _running_demo()
    found = outputs.read(demo)
    if args.file is None:
        print("\n".join(synonyms.show(demo, found)))
    else:
        say(f"version {synonyms.put(demo, found, args.file)} takes effect within a minute")


def _replay(args):
    from . import replay
    found = json.loads(Path(args.outputs).read_text()) if args.outputs else outputs.read(_running_demo())
    environment.activate()
    print(json.dumps(replay.replay(found["set_aside_bucket"], found.get("aws_endpoint_url")), indent=2))


def _crowd(_args):
    from . import phases
    phases.crowd(_running_demo())


def _freshness(_args):
    from . import phases
    phases.freshness(_running_demo())


def _fuzz(_args):
    from . import contract
    contract.at_length(_running_demo())


def _permissions(_args):
    from . import phases
    phases.permissions(_running_demo())


def _browse(_args):
    from . import phases
    phases.browse(_running_demo())


def _test(_args):
    from . import phases
    phases.run()


def _interrupt(*_):
    raise KeyboardInterrupt


def main():
    """Parse the command line and run one command."""
    parser = argparse.ArgumentParser(prog="souk_local", description="Souk's local stack")
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, run, about in (("up", _up, "build, start, deploy and load"), ("down", _down, "end every process"),
                             ("demo", _demo, "up, then a shopper's story"), ("test", _test, "all checks and tests"),
                             ("outputs", _outputs, "one JSON object about the running stack"),
                             ("crowd", _crowd, "how many shoppers' stories the running stack bears"),
                             ("fuzz", _fuzz, "requests made from the API's description, its answers compared with it"),
                             ("permissions", _permissions, "each route asked by each sort of caller on the running stack"),
                             ("browse", _browse, "what pages and searches cost on the running stack"),
                             ("freshness", _freshness, "how soon the running stack shows what has changed")):
        commands.add_parser(name, help=about).set_defaults(run=run)
    importing = commands.add_parser("import", help="load a catalogue file")
    importing.add_argument("file")
    importing.add_argument("--mapping", help="which column of a flat file is which field")
    importing.add_argument("--report", help="where all bad rows are told")
    importing.add_argument("--connections", help="chunks of products on their way at once")
    importing.add_argument("--dry-run", action="store_true", help="only check, without a stack")
    importing.set_defaults(run=_import)
    changing = commands.add_parser("change", help="make one change to many products")
    changing.add_argument("file")
    changing.add_argument("--report", help="what became of each product")
    changing.set_defaults(run=_change)
    logging = commands.add_parser("logs", help="what a function logged")
    logging.add_argument("function")
    logging.set_defaults(run=_logs)
    mailing = commands.add_parser("mails", help="the last mails to shoppers, rendered")
    mailing.add_argument("count", nargs="?", type=int, default=10)
    mailing.set_defaults(run=_mails)
    job = commands.add_parser("job", help="run a job now and print its report")
    job.add_argument("function")
    job.add_argument("input", nargs="?", default="{}")
    job.set_defaults(run=_run_job)
    reindexing = commands.add_parser("reindex", help="fill a search index beside the old one, or watch that")
    reindexing.add_argument("action", choices=["begin_reindex", "begin_restore"])
    reindexing.set_defaults(run=_reindex)
    wording = commands.add_parser("synonyms", help="show the file of synonyms, or put another one")
    wording.add_argument("file", nargs="?")
    wording.set_defaults(run=_synonyms)
    replaying = commands.add_parser("replay", help="put back through what consumers of streams had set aside")
    replaying.add_argument("--outputs", help="a file of the shape that `make outputs` prints; without, the running stack")
    replaying.set_defaults(run=_replay)
    args = parser.parse_args()
    # Whoever ends us politely gets the same clean-up as somebody who presses Ctrl-C.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        args.run(args)
    except Failure as failure:
        console.say(f"souk: {failure}")
        return 1
    except KeyboardInterrupt:
        console.say("souk: interrupted")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
