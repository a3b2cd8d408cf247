"""The language server: the only part that knows the protocol.

A change comes in as a notification, is applied by `Session.apply`, the only writer, and is followed by what has to
be read and published (`updates`). A question gets a `Snapshot` of the session and changes nothing. A change or
question is one row of `methods.METHODS`, which names its handler in `requests/`.

The modules in layers, each of which imports only from those above it:

- `client`, `client_watch`, `plain_text`, `background`, `framing`, `addresses`, `quick_types`: what the client can do,
  its end, text without markup, time slices and progress, messages as bytes, the URIs of files, and a faster start;
- `convert`, `settings`: between the core's data and the protocol's, and the settings of the editor;
- `configuration`: those settings with the configuration files;
- `documents`, `projects`: what is open, and what is around it;
- `unsaved_settings`: open files that apply to others before they are saved;
- `snapshot`: the state at one moment, and the questions about it;
- `session`: the state, and the changes that it accepts;
- `publisher`, `project_reader`: what follows from a change: diagnostics, and files to read;
- `workspace_diagnostics`, `tree_refresh`, `settings_reload`: the diagnostics of files that are not open, news for a
  tree of them, and applying settings that are edited;
- `updates`: the session with the modules that follow its changes;
- `server`: the connection, and the life of the process;
- `methods`: the table of methods;
- `requests`: the handlers;
- `serve`: the server on the standard streams or over TCP.

Neither the checks nor the features are loaded before the client has its answer to `initialize`, as the user waits
for that: `server` loads `updates` when it is first needed, and `methods` loads a handler at its first call.
"""
