"""Files in and out: the imports screen, which hands each file to the room that knows its rows."""
