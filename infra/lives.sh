# lives PID: whether a process runs. One that has ended but that nobody has buried yet (a zombie) does not.
lives() {
  command -v ps >/dev/null || { kill -0 "$1" 2>/dev/null; return; }
  case $(ps -o stat= -p "$1" 2>/dev/null) in '' | Z*) return 1 ;; esac
}
