// The page with the agent map in a browser: node map.mjs PAGE CHROMIUM PICTURE NAME
// Looks for a name, selects the first that fits, and prints what is to be seen then.

import { chromium } from 'playwright-core';

const [page, executablePath, picture, name] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const seen = { errors: [], requests: [] };
try {
    const tab = await browser.newPage({ viewport: { width: 1240, height: 760 } });
    tab.on('pageerror', ({ message }) => seen.errors.push(message));
    tab.on('console', (message) => message.type() === 'error' && seen.errors.push(message.text()));
    tab.on('request', (request) => seen.requests.push(request.url()));
    await tab.goto(`file://${page}`);
    await tab.screenshot({ path: picture });
    seen.list = await tab.locator('#list button').allInnerTexts();
    seen.overlapping = await tab.evaluate(() => {
        const boxes = agentMap.nodes('[kind]').map((node) => node.boundingBox({ includeOverlays: false }));
        const apart = (a, b) => a.x2 <= b.x1 || b.x2 <= a.x1 || a.y2 <= b.y1 || b.y2 <= a.y1;
        return boxes.some((a, at) => boxes.slice(at + 1).some((b) => !apart(a, b)));
    });
    const labels = (selector) =>
        tab.evaluate(
            (which) =>
                agentMap.nodes(which).map((node) => ({ name: node.style('label'), pixels: node.data('size') * agentMap.zoom() })),
            selector,
        );
    seen.labels = await labels('[kind]');
    seen.boxes = await labels(':parent');
    await tab.keyboard.press('/');
    await tab.keyboard.type(name);
    await tab.keyboard.press('Enter');
    seen.card = await tab.locator('#card').innerText();
    seen.links = await tab.locator('#card a').evaluateAll((links) => links.map(({ href }) => href));
    await tab.keyboard.press('Escape');
    seen.closed = await tab.locator('#card').isHidden();
} finally {
    await browser.close();
}
console.log(JSON.stringify(seen));
