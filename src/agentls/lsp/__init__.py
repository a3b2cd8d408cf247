"""The language server: the only part that knows the protocol.

- `client`, `settings`: what the client can do, and what the user wants;
- `convert`, `plain`: from the core's data to the protocol's, and back;
- `documents`: what is open in the editor, and which of it is an agent file;
- `server`: when documents are checked, and what was published;
- `handlers`: one short function per method;
- `run`: the server on the standard streams or over TCP.

Nothing here imports the checks or the features before the client has its answer to
`initialize`: that is the wait an editor's user feels.
"""
