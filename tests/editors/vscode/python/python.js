// Stands for the Python extension, in which a person, or a workspace, has selected the interpreter that
// AGENTLS_PYTHON names.

const vscode = require('vscode');

exports.activate = () => ({
    environments: {
        getActiveEnvironmentPath: () => ({ id: 'selected', path: 'selected' }),
        resolveEnvironment: async ({ id }) => ({ id, executable: { uri: vscode.Uri.file(process.env.AGENTLS_PYTHON) } }),
    },
});
