#!/usr/bin/env bash
# Start one Apache Kafka broker (KRaft) on this machine, without Docker.
#
#   infra/kafka/start.sh [FOLDER] [PORT]      default: var/kafka 19092
#
# FOLDER takes the log, the settings and the process id; PORT+1 is the controller's.
# The jars are fetched once with Maven into $KAFKA_HOME_DIR (default var/kafka-home).
# Runs already? Then it says so and is content.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
. "$here/../lives.sh"
folder=${1:-$root/var/kafka}
port=${2:-19092}
home=${KAFKA_HOME_DIR:-$root/var/kafka-home}
fail() { echo "kafka: $*" >&2; exit 1; }

command -v java >/dev/null || fail "java is missing: apt-get install openjdk-17-jre-headless"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
pid_file=$folder/kafka.pid
if [ -f "$pid_file" ] && lives "$(cat "$pid_file")"; then
  echo "kafka: runs already on 127.0.0.1:$(cat "$folder/port") (process $(cat "$pid_file"), $folder)"
  exit 0
fi
if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
  fail "port $port is taken by another program; give another: infra/kafka/start.sh $folder PORT"
fi

fetch() {
  if command -v flock >/dev/null; then flock 9; fi
  [ ! -f "$home/libs/.complete" ] || return 0
  command -v mvn >/dev/null || fail "mvn is missing, it fetches Kafka's jars: apt-get install maven"
  echo "kafka: fetching the jars into $home/libs (45 MB, once)"
  mvn -q -B -f "$here/pom.xml" dependency:copy-dependencies -DincludeScope=runtime \
    -DoutputDirectory="$home/libs" </dev/null || fail "Maven could not fetch the jars named in $here/pom.xml"
  touch "$home/libs/.complete"
}
if [ ! -f "$home/libs/.complete" ]; then
  mkdir -p "$home"
  (fetch) 9>"$home/.lock"
fi

cat >"$folder/server.properties" <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$((port + 1))
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1))
advertised.listeners=PLAINTEXT://127.0.0.1:$port
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=$folder/data
auto.create.topics.enable=false
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
group.initial.rebalance.delay.ms=0
message.max.bytes=8388608
replica.fetch.max.bytes=8388608
log.retention.check.interval.ms=60000
PROPERTIES
if [ ! -f "$folder/data/meta.properties" ]; then
  java -Xmx128m -cp "$home/libs/*" kafka.tools.StorageTool format --ignore-formatted \
    --cluster-id="$(head -c 16 /dev/urandom | base64 | tr '+/' '-_' | cut -c1-22)" -c "$folder/server.properties" \
    >"$folder/format.log" 2>&1 </dev/null || fail "the log folder could not be formatted: $(tail -n 3 "$folder/format.log")"
fi
cd "$folder"
nohup java -Xmx"${KAFKA_HEAP:-512m}" -Dorg.slf4j.simpleLogger.showDateTime=true -cp "$home/libs/*" \
  kafka.Kafka server.properties >kafka.log 2>&1 </dev/null &
pid=$!
echo "$pid" >"$pid_file"
echo "$port" >port
for _ in $(seq 300); do
  if grep -q "Kafka Server started" kafka.log; then
    echo "kafka: runs on 127.0.0.1:$port (process $pid, $folder); STREAM_URL=kafka://127.0.0.1:$port"
    exit 0
  fi
  lives "$pid" || { rm -f "$pid_file"; fail "it stopped while starting: $(grep -m1 -E 'ERROR|Exception' kafka.log || tail -n 3 kafka.log)"; }
  sleep 0.2
done
fail "it did not answer within 60 s; see $folder/kafka.log"
