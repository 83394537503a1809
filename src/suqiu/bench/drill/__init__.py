"""kill -9 at random moments while people and a machine work: nothing acknowledged is lost, nothing is
doubled. `site` is the house that is killed, `people` who work in it, `kills` the drill itself."""
