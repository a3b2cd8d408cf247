// Writes the licences of the libraries beside the file that holds them.
import fs from 'node:fs';

const NAMES = ['cytoscape', 'cytoscape-fcose', 'cose-base', 'layout-base'];
const INTRODUCTION = `\`library.js\` consists of these libraries, bundled by \`make map\` and otherwise unchanged.\n`;

const pages = NAMES.map((name) => {
    const folder = `node_modules/${name}`;
    const { version } = JSON.parse(fs.readFileSync(`${folder}/package.json`, 'utf8'));
    const file = fs.readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    return `## ${name} ${version}\n\n${fs.readFileSync(`${folder}/${file}`, 'utf8').trim()}\n`;
});
fs.writeFileSync('../../src/agentls/reports/map/LICENSES.md', ['# Licences\n', INTRODUCTION, ...pages].join('\n'));
