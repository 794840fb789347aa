"""The command `hanoi`: a table of names, each loaded only when it is called."""

import importlib

import click

# name → (module:attribute, one line of help). A name with a table below it is a group.
COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("services.run.command:run", "Run every service of a city under one supervisor."),
    "status": ("services.run.status_command:status", "Show which services run and how they fare."),
    "doctor": ("services.doctor.command:doctor", "Say what is missing on this machine and how to get it."),
    "city import": ("services.city.command:import_", "Make a city folder from GTFS, roads, cameras and a roster."),
    "city swap": ("services.city.command:swap", "Give a running city another timetable, or take it back."),
    "city show": ("services.city.command:show", "Show what a city folder holds and what is doubtful."),
    "gtfs validate": ("services.city.gtfs_command:validate", "Say what is wrong with a GTFS feed and how to mend it."),
    "gtfs show": ("services.city.gtfs_command:show", "Show what a GTFS feed holds."),
    "sample build": ("services.sample.command:build", "Build the sample city by code."),
    "simulate": ("services.simulate.command:simulate", "Simulate buses and write fixes and a truth log."),
    "play": ("services.play.command:play", "Push a recorded day through the doors in its own clock."),
    "replay": ("services.replay.command:replay", "Run the tracker over a recording and write what it says."),
    "score arrivals": ("services.score.arrivals:arrivals", "Score predicted arrivals beside the baselines."),
    "score scenes": ("services.score.scenes:scenes", "Score a detector on rendered scenes that no training saw."),
    "score goals": ("services.score.goals:goals", "Tell how replays' arrivals stand beside their goals."),
    "score assignment": ("services.score.assignment:assignment", "Score assigned trips and phases against labels."),
    "score events": ("services.score.events:events", "Score stop events and alerts against a simulation's truth."),
    "score alerts": ("services.score.alert_table:alerts", "Score every kind of alert against simulations' truth."),
    "score holds": ("services.score.holds:holds", "Tell what holds changed in a simulation where they are obeyed."),
    "score congestion": ("services.score.congestion:congestion", "Score speeds of edges against a run of SUMO."),
    "score forecast": ("services.score.forecast:forecast", "Score forecasts of speeds beside simple rules."),
    "score incidents": ("services.score.incidents:incidents", "Score incident candidates against blocked lanes."),
    "score detect": ("services.score.detect:detect", "Score what is seen of labelled two-wheelers."),
    "score tracks": ("services.score.tracks:tracks", "Score identities on rendered junctions beside ByteTrack."),
    "score plates": ("services.score.plates:plates", "Score plates read from pictures with known signs."),
    "score helmets": ("services.score.helmets:helmets", "Score the rules about riders on painted junctions."),
    "score violations": ("services.score.violations:violations", "Score camera candidates against rendered junctions."),
    "score parking": ("services.score.parking:parking", "Score stopping and parking over hours of queues."),
    "score counts": ("services.score.counts:counts", "Score flow, occupancy and queues that a camera counts."),
    "score faults": ("services.score.faults:faults", "Score faults of cameras, and false alarms of days without."),
    "score matching": ("services.score.matching:matching", "Score map matching against known edges."),
    "network build": ("services.network.command:build", "Build a road network with its index and its map."),
    "network export": ("services.network.export_command:export", "Write a road network as GraphML or GeoPackage."),
    "network match": ("services.network.command:match", "Match traces to a road network."),
    "detect": ("services.detect.command:detect", "Run detector, tracks and rules over one video."),
    "train": ("services.train.command:train_command", "Train a detector on rendered scenes."),
    "learn": ("services.train.small:learn", "Fit the small networks: plate reader, plate finder, helmets."),
    "export": ("services.train.command:export_command", "Export weights to what the default engine runs."),
    "evidence verify": ("services.evidence.command:verify", "Verify sealed evidence packages and their chain."),
    "evidence chain": ("services.evidence.command:chain", "Check every camera's chain in the media store."),
    "evidence stamp": ("services.evidence.command:stamp", "Ask for every time-stamp that is still waited for."),
    "stream topics": ("services.stream.command:topics", "List topics, partitions and how much lies in them."),
    "stream groups": ("services.stream.command:groups", "Show how far each group came and where reading stopped."),
    "stream resume": ("services.stream.command:resume", "Have a stopped partition read on, its bad range set aside."),
    "stream mend": ("services.stream.mend:mend", "Take what can be read out of a damaged embedded log."),
    "stream dead list": ("services.stream.dead:list_", "List dead letters."),
    "stream dead show": ("services.stream.dead:show", "Show one dead letter with its reason and its origin."),
    "stream dead replay": ("services.stream.dead:replay", "Put dead letters back into the topic they came from."),
    "store migrate": ("services.store.command:migrate", "Bring the database to the newest schema."),
    "store status": ("services.store.command:status", "Show revision, size, rows and times of every table."),
    "store prune": ("services.store.command:prune", "Let rows go that are older than their table keeps."),
    "backup create": ("services.backup.command:create", "Back up the whole city while it runs."),
    "backup verify": ("services.backup.command:verify", "Check that a backup is whole."),
    "backup restore": ("services.backup.command:restore", "Put a backup back."),
    "user add": ("services.auth.command:add", "Add an account."),
    "token add": ("services.ingest.command:add_token", "Make a token for a source of reports."),
    "token list": ("services.ingest.command:list_tokens", "List the sources that have a token and what each may do."),
    "token set": ("services.ingest.command:set_token", "Change what a source may do."),
    "token revoke": ("services.ingest.command:revoke_token", "Make tokens stop working."),
    "source list": ("services.ingest.source_command:list_sources", "List every source of reports and how it fares."),
    "source check": ("services.ingest.source_command:check_sources", "Check the list of feeds and brokers."),
    "source try": ("services.ingest.source_command:try_source", "Ask a feed once and tell what would come in."),
    "source add": ("services.ingest.source_command:add_source", "Add a feed or an MQTT broker."),
    "settings": ("services.settings_command:settings", "List every setting with its value and its meaning."),
    "bench ingest": ("services.bench.ingest:ingest", "Time the doors beside a bare handler, and a source in a flood."),
    "bench stream": ("services.bench.stream:stream", "Time the stream beside the raw client."),
    "bench store": ("services.bench.store:store", "Time the store beside raw COPY."),
    "bench evidence": ("services.bench.evidence:evidence", "Time sealing and verifying beside plain hashing and zip."),
    "bench detect": ("services.bench.detect:detect", "Time detection beside the bare model."),
    "bench capture": ("services.bench.capture:capture", "Record cameras for minutes; memory and lost segments."),
    "bench track": ("services.bench.track:track", "Time the tracker stage by stage, and its service live."),
    "bench congestion": (
        "services.bench.congestion:congestion",
        "time one cycle of a city's field of speeds",
    ),
    "bench matching": (
        "services.bench.matching:matching",
        "Time map matching as reports come, beside the nearest edge.",
    ),
    "bench routing": ("services.bench.routing:routing", "Time distances and re-weighting beside the bare library."),
    "bench simulate": ("services.bench.simulate:simulate", "Time the simulator beside one object a bus."),
    "bench api": ("services.bench.api:api", "Time the api and its streams with a whole fleet reporting."),
    "bench latency": ("services.bench.latency:latency", "Time every fix of a played city from HTTP in to SSE out."),
    "bench swap": ("services.bench.swap:swap", "Give a running city another timetable while requests run."),
    "bench capacity": ("services.bench.capacity:capacity", "Find the highest rate a running city sustains."),
}

GROUP_HELP = {
    "city": "Make and look at city folders.",
    "gtfs": "GTFS feeds.",
    "sample": "The sample city.",
    "score": "Accuracy, as JSON, beside the baselines.",
    "network": "Road networks.",
    "evidence": "Sealed evidence packages.",
    "stream": "The log between the services.",
    "stream dead": "Messages that could not be read.",
    "store": "The database.",
    "backup": "Backup and restore of database, log, evidence and city.",
    "user": "Accounts of control staff and officers.",
    "token": "Tokens of sources of reports.",
    "source": "Sources of reports: pushed, pulled, listened to.",
    "bench": "Speed and memory, as JSON, beside a peer in the same run.",
}


class TableGroup(click.Group):
    """A group whose commands are the entries of `COMMANDS` below its own name."""

    def __init__(self, path: str = "", help_text: str | None = None) -> None:
        super().__init__(name=path.rpartition(" ")[2] or "hanoi", help=help_text, no_args_is_help=True)
        self.path = path

    def _children(self) -> dict[str, str]:
        start = f"{self.path} " if self.path else ""
        names = [name.removeprefix(start) for name in (*COMMANDS, *GROUP_HELP) if name.startswith(start)]
        return {name.split()[0]: start + name.split()[0] for name in names}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names below this group, in the order of the table."""
        del ctx
        return list(self._children())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command, or make the group below this one."""
        del ctx
        path = self._children().get(cmd_name)
        if path is None:
            return None
        if path in GROUP_HELP:
            return TableGroup(path, GROUP_HELP[path])
        module, _, attribute = COMMANDS[path][0].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command), f"{module}:{attribute} is no command"
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading any of them."""
        del ctx
        rows = [(name, GROUP_HELP.get(path) or COMMANDS[path][1]) for name, path in self._children().items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


main = TableGroup(help_text="The open-source system a city runs its buses and roads on.")

if __name__ == "__main__":
    main()
