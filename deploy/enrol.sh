#!/bin/sh
# Gives this board its credential and starts the agent. Lies beside the agent; the line to type is printed by "devices enrol":
#    printf '%s\n' '<device id>.<secret>' | sudo ./enrol.sh http://server:5000
# The credential comes through the pipe: it is in no process list and, with the blank before the line, in no shell history.
# As root on a system with systemd: installs and starts the service. Otherwise: runs the agent here, with files of this user.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
server=${1:-}
case "$server" in
  http://* | https://*) ;;
  *) echo "usage: printf '%s\\n' '<device id>.<secret>' | $0 http://server:5000" >&2; exit 2 ;;
esac
agent=$here/EnergyManager.Agent
[ -x "$agent" ] || { echo "$agent is not there: copy all of the agent's directory to the board." >&2; exit 2; }
IFS= read -r credential || true
case "$credential" in
  ?*.?*) ;;
  *) echo "No credential came through the pipe: it has the form <device id>.<secret>, as devices enrol printed it." >&2; exit 2 ;;
esac

umask 077
if [ "$(id -u)" = 0 ] && [ -d /run/systemd/system ]; then
  mkdir -p /etc/energymanager /opt/energymanager-agent
  [ "$here" = /opt/energymanager-agent ] || cp -R "$here/." /opt/energymanager-agent/
  chmod -R u=rwX,go=rX /opt/energymanager-agent
  printf '%s\n' "$credential" > /etc/energymanager/agent.credential
  printf 'EnergyManager__Agent__Server=%s\n' "$server" > /etc/energymanager/agent.env
  install -m 644 "$here/energymanager-agent.service" /etc/systemd/system/energymanager-agent.service
  # Who may read the I2C bus and the Raspberry Pi's power chip, where the board has such groups.
  groups=
  for group in i2c video; do
    if getent group "$group" > /dev/null; then groups="$groups $group"; fi
  done
  install -d -m 755 /etc/systemd/system/energymanager-agent.service.d
  printf '[Service]\nSupplementaryGroups=%s\n' "$groups" > /etc/systemd/system/energymanager-agent.service.d/groups.conf
  chmod 644 /etc/systemd/system/energymanager-agent.service.d/groups.conf
  systemctl daemon-reload
  systemctl enable energymanager-agent.service
  systemctl restart energymanager-agent.service
  echo "The agent runs. Its log: journalctl -u energymanager-agent -f"
else
  settings=${XDG_CONFIG_HOME:-$HOME/.config}/energymanager
  mkdir -p "$settings"
  printf '%s\n' "$credential" > "$settings/agent.credential.new"
  mv "$settings/agent.credential.new" "$settings/agent.credential"
  unset credential
  echo "No root or no systemd: the agent runs here until it is ended (Ctrl+C)."
  EnergyManager__Agent__Server=$server EnergyManager__Agent__CredentialFile=$settings/agent.credential exec "$agent"
fi
