// The site of the documentation in a browser: node site.mjs ADDRESS CHROMIUM PICTURE WORDS
// Searches for the words, opens what is found first, and prints what is to be seen then.

import { chromium } from 'playwright-core';

const [address, executablePath, picture, words] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const seen = { errors: [], elsewhere: [] };
try {
    const tab = await browser.newPage({ viewport: { width: 1240, height: 760 } });
    tab.on('pageerror', ({ message }) => seen.errors.push(message));
    tab.on('console', (message) => message.type() === 'error' && seen.errors.push(message.text()));
    tab.on('request', (request) => request.url().startsWith(address) || seen.elsewhere.push(request.url()));
    await tab.goto(address);
    await tab.locator('[data-md-component=search-query]').click();
    await tab.keyboard.type(words);
    const first = tab.locator('.md-search-result__item a').first();
    await first.waitFor();
    await tab.screenshot({ path: picture });
    await first.click();
    seen.opened = await tab.locator('h1').first().innerText();
} finally {
    await browser.close();
}
console.log(JSON.stringify(seen));
