// The playground in a browser: node playground.mjs ADDRESS CHROMIUM FOLDER
// Waits for the findings, applies the first fix, changes the path, and prints what is to be seen; pictures go to FOLDER.

import { chromium } from 'playwright-core';

const [address, executablePath, folder] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const seen = { errors: [], hosts: [] };
try {
    const tab = await browser.newPage({ viewport: { width: 1240, height: 760 } });
    tab.on('pageerror', ({ message }) => seen.errors.push(message));
    tab.on('console', (message) => message.type() === 'error' && seen.errors.push(message.text()));
    tab.on('request', (request) => seen.hosts.push(new URL(request.url()).host));
    await tab.goto(address);
    await tab.locator('#findings li').first().waitFor({ timeout: 60_000 });
    for (const colorScheme of ['light', 'dark']) {
        await tab.emulateMedia({ colorScheme });
        await tab.screenshot({ path: `${folder}/playground-${colorScheme}.png` });
    }
    seen.findings = await tab.locator('#findings small').allInnerTexts();
    seen.verdicts = await tab.locator('#verdicts li').allInnerTexts();
    await tab.locator('#findings button', { hasText: 'Quote the value' }).click();
    seen.text = await tab.locator('#text').inputValue();
    await tab.waitForURL(/#./);
    const other = await browser.newPage();
    await other.goto(tab.url());
    await other.locator('#numbers', { hasText: '9' }).waitFor();
    seen.linked = await other.locator('#text').inputValue();
    await other.close();
    await tab.locator('#path').fill('.opencode/agents/reviewer.md');
    await tab.locator('#verdicts', { hasText: 'OpenCode' }).waitFor();
    seen.moved = await tab.locator('#verdicts li').allInnerTexts();
} finally {
    await browser.close();
}
console.log(JSON.stringify(seen));
