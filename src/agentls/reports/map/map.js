/* The agent map: draws the graph in the page's data with Cytoscape.js, and handles search, filters and selection. */
'use strict';
(() => {
  const graph = JSON.parse(document.getElementById('data').textContent);
  const vscode = typeof acquireVsCodeApi === 'function' ? acquireVsCodeApi() : null;
  const $ = (id) => document.getElementById(id);

  const KINDS = { agent: 'agents', skill: 'skills', command: 'commands', server: 'servers', file: 'other files', tool: 'tools' };
  const EDGES = { starts: 'starts', runs: 'runs', preloads: 'preloads', uses: 'uses', mentions: 'mentions', 'may use': 'may use' };
  const BACK = { starts: 'started by', runs: 'run by', preloads: 'preloaded by', uses: 'used by', mentions: 'mentioned by', 'may use': 'may be used by' };
  const SHAPES = { agent: 'round-rectangle', skill: 'rectangle', command: 'cut-rectangle', server: 'barrel', file: 'bottom-round-rectangle', tool: 'ellipse' };

  // A graph with more nodes than GROUPED, or with more than FEW of which most have no connection, is grouped by folder by
  // default, one with more than MAX_UNGROUPED always.
  const GROUPED = 400;
  const MAX_UNGROUPED = 1500;
  // In a graph with more than FEW nodes, more mentions per node than this are hidden by default: they would
  // cover the other connections.
  const MENTIONS_PER_NODE = 1;
  const FEW = 120;

  // --- the graph -------------------------------------------------------------------------------

  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const edges = [...graph.edges];
  for (const node of graph.nodes) {
    for (const name of node.tools ?? []) {
      const id = `tool:${name}`;
      if (!nodes.has(id)) {
        nodes.set(id, { id, kind: 'tool', name, path: '', line: 1, description: '', format: '', group: '', tools: null, state: '' });
      }
      edges.push({ source: node.id, target: id, kind: 'may use', lines: [] });
    }
  }
  const unresolved = [...nodes.values()].filter(({ state }) => state === 'unresolved');
  const count = (rows, kind) => rows.filter((row) => row.kind === kind).length;
  const mentions = count(edges, 'mentions');
  const showsMentions = graph.nodes.length <= FEW || (graph.nodes.length <= GROUPED && mentions <= MENTIONS_PER_NODE * graph.nodes.length);
  const connectedIds = new Set(
    edges.filter(({ kind }) => kind !== 'may use' && (showsMentions || kind !== 'mentions')).flatMap(({ source, target }) => [source, target]),
  );

  const shown = {
    tool: false,
    mentions: showsMentions,
    unconnected: graph.nodes.length <= MAX_UNGROUPED,
    onlyUnresolved: false,
    folders: graph.nodes.length > GROUPED || (graph.nodes.length > FEW && connectedIds.size * 2 < graph.nodes.length),
  };
  const restored = vscode?.getState()?.shown;
  Object.assign(shown, restored);
  const wants = (name) => shown[name] !== false;

  // --- the panel -------------------------------------------------------------------------------

  const make = (tag, props = {}, ...children) => {
    const { dataset, ...rest } = props;
    const made = Object.assign(document.createElement(tag), rest);
    Object.assign(made.dataset, dataset);
    made.append(...children);
    return made;
  };
  const mark = ({ kind, state }) => make('span', { className: `mark ${kind} ${state ?? ''}`, ariaHidden: 'true' });
  const plural = (number, words) => `${number.toLocaleString('en')} ${number === 1 ? words.replace(/s$/, '') : words}`;

  const summary = Object.entries(KINDS)
    .map(([kind, words]) => [[...nodes.values()].filter((node) => node.kind === kind && !node.state).length, words])
    .filter(([number, words]) => number && words !== 'tools' && words !== 'other files')
    .map(([number, words]) => plural(number, words));
  $('counts').append(summary.join(', ') || 'no agents');
  if (unresolved.length) {
    $('counts').append('; ', make('span', { className: 'error' }, plural(unresolved.length, 'unresolved names')));
  }

  const option = (box, name, words, number, sign) => {
    if (number === 0) {
      return;
    }
    const input = make('input', { type: 'checkbox', checked: wants(name) });
    input.addEventListener('change', () => {
      shown[name] = input.checked;
      vscode?.setState({ shown });
      update();
    });
    $(box).append(make('label', {}, input, sign ?? '', make('span', {}, words), make('span', {}, number?.toLocaleString('en') ?? '')));
  };
  for (const [kind, words] of Object.entries(KINDS)) {
    option('kinds', kind, words, count([...nodes.values()].filter(({ state }) => state !== 'unresolved'), kind), mark({ kind }));
  }
  for (const kind of Object.keys(EDGES).filter((kind) => kind !== 'may use')) {
    option('edges', kind, EDGES[kind], count(edges, kind), make('span', { className: `mark edge ${kind}`, ariaHidden: 'true' }));
  }
  option('more', 'onlyUnresolved', 'only unresolved names', unresolved.length, mark({ kind: 'unresolved' }));
  option('more', 'unconnected', 'unconnected', undefined, mark({ kind: 'none' }));
  option('more', 'folders', 'group by folder', undefined, mark({ kind: 'none' }));

  // --- the drawing -----------------------------------------------------------------------------

  const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const FONT_SIZE = 13;
  const FONT = `600 ${FONT_SIZE}px system-ui, "Segoe UI", sans-serif`;
  const BOX_FONT = 16;
  // In pixels on the screen: smaller labels are enlarged, and to what.
  const READABLE = 8.5;
  const ENLARGED = 11;
  const width = (text) => {
    pen.font = FONT;
    return Math.ceil(pen.measureText(text).width);
  };
  const degree = new Map();
  for (const { source, target, kind } of edges) {
    if (kind !== 'may use') {
      degree.set(source, (degree.get(source) ?? 0) + 1);
      degree.set(target, (degree.get(target) ?? 0) + 1);
    }
  }
  const scale = (id) => Math.min(1.7, 1 + Math.log2(1 + (degree.get(id) ?? 0)) / 10);
  const shortGroup = (name) => (name.length > 30 ? `…${name.slice(-29)}` : name);
  const shorten = (name) => (name.length > 40 ? `${name.slice(0, 39)}…` : name);

  const cy = cytoscape({
    container: $('map'),
    minZoom: 0.05,
    maxZoom: 3,
    boxSelectionEnabled: false,
    selectionType: 'single',
    textureOnViewport: nodes.size > MAX_UNGROUPED,
    hideEdgesOnViewport: edges.length > 4000,
    layout: { name: 'null' },
  });

  // The nodes and edges that are drawn.
  let now = [[], []];

  const style = () => {
    const sample = document.body.appendChild(document.createElement('i'));
    const of = getComputedStyle(sample);
    const colour = (name) => {
      sample.style.color = `var(--${name})`;
      return mixed(of.color);
    };
    const [back, text, edge, line, focus, muted] = ['back', 'text', 'edge', 'line', 'focus', 'muted'].map(colour);
    // An enlarged label covers its node, and looks like it.
    const enlarged = (kind) => ({
      'text-background-shape': 'round-rectangle', 'text-background-opacity': 1, 'text-background-color': blend(back, kind, 0.16),
      'text-border-width': 1, 'text-border-opacity': 1, 'text-border-color': kind,
    });
    // More edges are drawn fainter.
    const faint = (most) => Math.max(0.2, Math.min(most, (most * 400) / now[1].length || most));
    const rules = [
      ['node[kind]', {
        label: 'data(label)', color: text, shape: 'data(shape)', width: 'data(width)', height: 'data(height)',
        'text-valign': 'center', 'font-size': 'data(size)', 'font-weight': 600, 'font-family': 'system-ui, "Segoe UI", sans-serif',
        'border-width': 2, 'background-opacity': 1, 'overlay-opacity': 0,
      }],
      ['node:parent', {
        label: 'data(label)', color: muted, 'font-size': 'data(size)', 'font-weight': 600, 'text-valign': 'top', 'text-margin-y': -4,
        shape: 'round-rectangle', 'background-color': line, 'background-opacity': 0.18, 'border-width': 1, 'border-color': line,
        padding: 14, 'overlay-opacity': 0, 'compound-sizing-wrt-labels': 'exclude',
      }],
      ...Object.keys(KINDS).map((kind) => [`node[kind = "${kind}"]`, {
        'border-color': colour(kind), 'background-color': blend(back, colour(kind), 0.16),
      }]),
      ['node[state = "external"]', { 'border-style': 'dotted' }],
      ['node[state = "unresolved"]', {
        'border-color': colour('unresolved'), 'border-style': 'dashed', 'border-width': 3, color: colour('unresolved'),
        'background-color': blend(back, colour('unresolved'), 0.14),
      }],
      ['edge', {
        width: 1.4, 'line-color': edge, 'target-arrow-color': edge, 'target-arrow-shape': 'triangle', 'arrow-scale': 0.8,
        'curve-style': edges.length > 3000 ? 'haystack' : 'bezier', 'line-opacity': faint(0.75), 'overlay-opacity': 0,
      }],
      ['edge[kind = "mentions"]', { 'line-style': 'dotted', width: 1.2, 'line-opacity': faint(0.7) }],
      ['edge[kind = "may use"]', { width: 0.8, 'line-opacity': 0.4 }],
      ['edge[?unresolved]', { 'line-color': colour('unresolved'), 'target-arrow-color': colour('unresolved'), 'line-style': 'dashed', width: 2 }],
      ['node.enlarged', { 'z-index': 8 }],
      ...Object.keys(KINDS).map((kind) => [`node.enlarged[kind = "${kind}"]`, enlarged(colour(kind))]),
      ['node.enlarged[state = "unresolved"]', enlarged(colour('unresolved'))],
      ['node.unlabelled', { label: '' }],
      ['.other', { opacity: 0.3 }],
      ['.faded', { opacity: 0.2 }],
      ['.near', { 'z-index': 9 }],
      ['edge.near', { 'line-opacity': 1, width: 2.2, label: 'data(kind)', 'font-size': 10, color: text,
        'text-background-color': back, 'text-background-opacity': 0.85, 'text-background-padding': 2, 'text-rotation': 'autorotate' }],
      ['edge.out', { 'line-color': focus, 'target-arrow-color': focus }],
      ['.found', { 'border-width': 4, 'border-color': focus }],
      ['node.chosen', { 'border-width': 5, 'z-index': 10 }],
    ];
    cy.style(rules.map(([selector, css]) => ({ selector, style: css })));
    sample.remove();
  };

  /** The red, green and blue of a CSS colour. */
  const numbers = (colour) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const mixed = (colour) => `rgb(${numbers(colour).join(',')})`;
  const blend = (back, over, part) => {
    const [a, b] = [numbers(back), numbers(over)];
    return `rgb(${a.map((value, at) => Math.round(value * (1 - part) + b[at] * part)).join(',')})`;
  };

  /** The heading and box under which a node is listed. */
  const groupOf = ({ state, group, kind }) =>
    state === 'unresolved' ? UNRESOLVED : state ? 'external' : group || (kind === 'tool' ? 'tools' : 'project folder');
  const UNRESOLVED = 'unresolved names';

  /** The nodes and edges that the filters show. */
  const visible = () => {
    let kept = edges.filter(({ source, target, kind }) => {
      const ends = wants(nodes.get(source).kind) && wants(nodes.get(target).kind);
      return ends && (kind === 'may use' || wants(kind)) && (!shown.onlyUnresolved || nodes.get(target).state === 'unresolved');
    });
    const ends = new Set(kept.flatMap(({ source, target }) => [source, target]));
    const there = [...nodes.values()].filter(({ id, kind, state }) => {
      const needed = shown.onlyUnresolved || !wants('unconnected') || kind === 'tool' || kind === 'file' || state;
      return wants(kind) && (ends.has(id) || !needed);
    });
    return [there, kept];
  };

  const elements = (there, kept) => {
    const boxed = shown.folders || there.length > MAX_UNGROUPED;
    const groups = boxed ? [...new Set(there.map(groupOf))] : [];
    const boxes = groups.map((group) => ({ data: { id: `group:${group}`, label: shortGroup(group), font: BOX_FONT, size: BOX_FONT } }));
    return [
      ...boxes,
      ...there.map((node) => {
        // The box says the name of the plugin already.
        const prefix = `${groupOf(node)}:`;
        const label = shorten(boxed && node.name.startsWith(prefix) ? node.name.slice(prefix.length) : node.name);
        const font = FONT_SIZE * scale(node.id);
        const extra = node.kind === 'tool' ? 38 : 22;
        return {
          data: {
            id: node.id, kind: node.kind, state: node.state, label, font, size: font, shape: SHAPES[node.kind],
            width: width(label) * scale(node.id) + extra, height: font + 15,
            parent: boxed ? `group:${groupOf(node)}` : undefined,
          },
        };
      }),
      ...kept.map(({ source, target, kind }) => ({
        data: { id: `${source} ${kind} ${target}`, source, target, kind, unresolved: nodes.get(target).state === 'unresolved' },
      })),
    ];
  };

  // The layout uses random numbers. With a fixed seed it is the same each time.
  let seed = 1;
  Math.random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };

  /** Lay out the nodes: connected ones by the library, the others in rows below. */
  const layOut = () => {
    seed = 1;
    const kept = cy.nodes('[kind]');
    const unconnected = kept.filter((node) => node.degree(false) === 0);
    const connected = kept.difference(unconnected);
    if (cy.nodes(':parent').length) {
      boxesInRows(kept);
    } else {
      if (connected.length) {
        cy.elements().not(unconnected).layout({
          name: 'fcose', quality: connected.length > GROUPED ? 'default' : 'proof', animate: false, randomize: true, fit: false,
          nodeSeparation: 80, idealEdgeLength: (edge) => 25 + (edge.source().width() + edge.target().width()) / 3,
          nodeRepulsion: 4500, edgeElasticity: (edge) => (edge.data('kind') === 'mentions' ? 0.15 : 0.45),
          gravity: 0.6, gravityRange: 2,
        }).run();
        stretch(connected);
      }
      enlargeNodes(connected, unconnected);
    }
    fit();
  };

  /** Space out the nodes, as large as the labels need to be readable when all of them are visible, if there is room. */
  const enlargeNodes = (connected, unconnected) => {
    const kept = connected.union(unconnected);
    const sizes = kept.map((node) => [node, ['width', 'height', 'font'].map((name) => [name, node.data(name)])]);
    const positions = connected.map((node) => [node, { ...node.position() }]);
    /** Place the nodes at a size, and return how large the labels are then. */
    const place = (factor) => {
      cy.batch(() => {
        positions.forEach(([node, position]) => node.position({ ...position }));
        sizes.forEach(([node, data]) => data.forEach(([name, value]) => node.data(name, value * factor)));
        kept.forEach((node) => node.data('size', node.data('font')));
      });
      spread(connected.toArray());
      rowsBelow(connected, unconnected);
      fit();
      return FONT_SIZE * factor * cy.zoom();
    };
    const tried = [];
    for (const factor of kept.length > FEW ? [1] : [1, 1.3, 1.7, 2.2, 2.8]) {
      tried.push([place(factor), factor]);
      if (tried.at(-1)[0] >= ENLARGED) {
        return;
      }
    }
    place(tried.reduce((best, each) => (each[0] > best[0] ? each : best))[1]);
  };

  const rowsBelow = (connected, unconnected) => {
    const box = connected.length ? connected.boundingBox() : { x1: 0, y2: 0, w: 0, h: 0 };
    const wide = Math.max(box.w, box.h * ratio(), idealWidth(unconnected));
    rows(unconnected.toArray(), box.y2 + (connected.length ? 70 : 0), box.x1 + (box.w - wide) / 2, wide);
  };

  /** Zoom so that everything is visible, but not closer than MAX_ZOOM. */
  const fit = () => {
    cy.fit(undefined, MARGIN);
    if (cy.zoom() > MAX_ZOOM) {
      cy.zoom(MAX_ZOOM);
      cy.center();
    }
  };
  const MAX_ZOOM = 1.3;
  const MARGIN = 30; // pixels on the screen

  /**
   * Make the labels readable at the present zoom: those that would be too small are enlarged, and those of them that
   * would cover another one are left out, first those of nodes with few connections.
   */
  const enlargeLabels = () => {
    const size = ENLARGED / cy.zoom();
    const taken = [];
    const rank = (node) =>
      (node.hasClass('chosen') ? 4000 : 0) + (node.hasClass('near') ? 3000 : 0) + (node.isParent() ? 2000 : 0) +
      (node.data('state') === 'unresolved' ? 1000 : 0) + (degree.get(node.id()) ?? 0);
    const small = cy.nodes().filter((node) => node.data('font') * cy.zoom() < READABLE).toArray().map((node) => [rank(node), node]);
    cy.batch(() => {
      for (const node of cy.nodes('.enlarged, .fitting, .unlabelled').toArray()) {
        node.data('size', node.data('font')).removeClass('enlarged fitting unlabelled');
      }
      for (const [, node] of small.sort(([a], [b]) => b - a)) {
        const { x1, x2, y1, y2 } = node.boundingBox({ includeLabels: false, includeOverlays: false });
        const half = ((width(node.data('label')) / FONT_SIZE) * size) / 2 + 3;
        const middle = node.isParent() ? y1 - size / 2 : (y1 + y2) / 2;
        const box = { left: (x1 + x2) / 2 - half, right: (x1 + x2) / 2 + half, top: middle - size * 0.65, bottom: middle + size * 0.65 };
        const parent = node.parent();
        const room = parent.length ? parent.boundingBox({ includeLabels: false }) : { x1: -Infinity, x2: Infinity };
        const isFree = room.x1 <= box.left && box.right <= room.x2 && taken.every(({ left, right, top, bottom }) => box.right <= left || right <= box.left || box.bottom <= top || bottom <= box.top);
        if (isFree) {
          taken.push(box);
        }
        node.data('size', size).addClass(!isFree ? 'unlabelled' : box.right - box.left > x2 - x1 ? 'enlarged' : 'fitting');
      }
    });
  };

  const ratio = () => Math.min(2.5, Math.max(0.5, cy.width() / cy.height()));

  /** The width of rows with which these nodes fill the view. */
  const idealWidth = (those) =>
    Math.sqrt(those.reduce((sum, node) => sum + (node.width() + 14) * (node.height() + 12), 0) * ratio());

  /** Stretch the layout to the aspect ratio of the view, and pull in outliers. */
  const stretch = (those) => {
    for (const axis of ['x', 'y']) {
      const values = those.map((node) => node.position(axis)).sort((a, b) => a - b);
      const [low, high] = [values[Math.floor(values.length * 0.06)], values[Math.ceil(values.length * 0.94) - 1]];
      const within = (value) => (value < low ? low + (value - low) * 0.4 : value > high ? high + (value - high) * 0.4 : value);
      if (those.length > 40) {
        those.positions((node) => ({ ...node.position(), [axis]: within(node.position(axis)) }));
      }
    }
    const { w, h } = those.boundingBox();
    const by = Math.min(2.5, Math.max(0.4, w / Math.max(h, 1) / ratio()));
    those.positions((node) => ({ x: node.position('x') / Math.min(by, 1), y: node.position('y') * Math.max(by, 1) }));
  };

  /** Move overlapping nodes apart. */
  const spread = (those) => {
    const gap = 12;
    const boxes = those.map((node) => ({ node, ...node.position(), w: node.width() / 2 + gap, h: node.height() / 2 + gap / 2 }));
    for (let round = 0; round < 200; round += 1) {
      let moved = false;
      // The shorter move is taken, as far as the whole keeps the aspect ratio of the view.
      const extent = (axis) => Math.max(...boxes.map((box) => box[axis])) - Math.min(...boxes.map((box) => box[axis])) || 1;
      const tall = (extent('y') / extent('x')) * ratio();
      boxes.sort((a, b) => a.x - a.w - (b.x - b.w));
      for (let i = 0; i < boxes.length; i += 1) {
        const a = boxes[i];
        for (let j = i + 1; j < boxes.length && boxes[j].x - boxes[j].w < a.x + a.w; j += 1) {
          const b = boxes[j];
          const x = a.w + b.w - Math.abs(a.x - b.x);
          const y = a.h + b.h - Math.abs(a.y - b.y);
          if (x > 0.5 && y > 0.5) {
            moved = true;
            const [axis, by] = y * tall < x ? ['y', y / 2] : ['x', x / 2];
            const sign = a[axis] === b[axis] ? (i < j ? -1 : 1) : Math.sign(a[axis] - b[axis]);
            a[axis] += sign * by;
            b[axis] -= sign * by;
          }
        }
      }
      if (!moved) {
        break;
      }
    }
    boxes.forEach(({ node, x, y }) => node.position({ x, y }));
  };

  /** Place nodes in rows from `top` on, grouped by folder. Returns the width and height. */
  const rows = (those, top, left, wide) => {
    const by = (node) => nodes.get(node.id()).group;
    const tall = Math.max(34, ...those.map((node) => node.height())) + 12;
    let [x, y, last, right] = [left, top, null, left];
    for (const node of those.sort((a, b) => (by(a) < by(b) ? -1 : by(a) > by(b) ? 1 : 0))) {
      if (x > left && x + node.width() > left + wide) {
        [x, y] = [left, y + tall];
      } else if (x > left && by(node) !== last) {
        x += 26;
      }
      node.position({ x: x + node.width() / 2, y: y + tall / 2 });
      x += node.width() + 14;
      right = Math.max(right, x);
      last = by(node);
    }
    return { w: right - left, h: y + tall - top };
  };

  /** Place the nodes of each folder in a box, and the boxes in rows. */
  const boxesInRows = (those) => {
    const groups = new Map();
    for (const node of those.toArray()) {
      const group = groupOf(nodes.get(node.id()));
      groups.set(group, groups.get(group) ?? []);
      groups.get(group).push(node);
    }
    const names = [...groups.keys()].sort();
    // The names of the folders are as large on the screen at every zoom, which depends on the room that they take.
    let zoom = 1;
    for (let round = 0; round < 8; round += 1) {
      const size = Math.max(BOX_FONT, ENLARGED / zoom);
      const label = (name) => (width(shortGroup(name)) / FONT_SIZE + 1) * size;
      const wide = new Map(names.map((name) => [name, Math.max(idealWidth(cy.collection(groups.get(name))) * 1.1, label(name))]));
      const boxes = names.map((name) => {
        const { w, h } = rows(groups.get(name), 0, 0, wide.get(name));
        return { w: Math.max(w, label(name)) + 44, h: h + 44 + size, indent: Math.max(0, label(name) - w) / 2 };
      });
      const least = Math.max(...boxes.map(({ w }) => w));
      const widths = Array.from({ length: 24 }, (_, at) => least * 1.15 ** at);
      const zooms = widths.map((most) => {
        const { w, h } = shelves(boxes, most);
        return Math.min((cy.width() - 2 * MARGIN) / w, (cy.height() - 2 * MARGIN) / h, MAX_ZOOM);
      });
      zoom = Math.max(...zooms);
      const { places } = shelves(boxes, widths[zooms.indexOf(zoom)]);
      names.forEach((name, at) => rows(groups.get(name), places[at].y, places[at].x + boxes[at].indent, wide.get(name)));
    }
  };

  /** The places of boxes in rows of at most a width, and the width and height of all. */
  const shelves = (boxes, most) => {
    let [x, y, tall, right] = [0, 0, 0, 0];
    const places = boxes.map(({ w, h }) => {
      if (x && x + w > most) {
        [x, y, tall] = [0, y + tall, 0];
      }
      const place = { x, y };
      x += w;
      tall = Math.max(tall, h);
      right = Math.max(right, x);
      return place;
    });
    return { places, w: right, h: y + tall };
  };

  // --- selection and search ----------------------------------------------------------------------

  let chosen = vscode?.getState()?.chosen ?? null;

  const near = (id) => {
    cy.batch(() => {
      cy.elements().removeClass('near out faded chosen');
      const node = id === null ? cy.collection() : cy.getElementById(id);
      if (node.length) {
        const kept = node.closedNeighborhood();
        cy.elements().difference(kept.union(kept.parents())).addClass('faded');
        kept.addClass('near');
        node.outgoers('edge').addClass('out');
        node.addClass('chosen');
      }
    });
    enlargeLabels();
  };

  const choose = (id, move = false) => {
    chosen = id;
    vscode?.setState({ shown, chosen });
    near(id);
    card(id === null ? undefined : nodes.get(id));
    for (const button of $('list').querySelectorAll('button')) {
      button.setAttribute('aria-current', String(button.dataset.id === id));
    }
    const node = id === null ? cy.collection() : cy.getElementById(id);
    if (move && node.length) {
      const duration = matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 200;
      cy.stop().animate({ center: { eles: node }, zoom: Math.min(MAX_ZOOM, Math.max(cy.zoom(), 0.8)), duration });
    }
  };

  const opener = (path, line, words) => {
    const full = /^(\/|[A-Za-z]:)/.test(path) ? path : `${graph.root.replace(/\/$/, '')}/${path}`;
    if (vscode) {
      const link = make('a', { tabIndex: 0, role: 'link' }, words);
      const open = () => vscode.postMessage({ open: full, line });
      link.addEventListener('click', open);
      link.addEventListener('keydown', ({ key }) => key === 'Enter' && open());
      return link;
    }
    const encoded = full.split('/').map(encodeURIComponent).join('/').replace(/^([A-Za-z])%3A/, '/$1:');
    return make('a', { href: `vscode://file${encoded}:${line}`, title: 'Open in VS Code' }, words);
  };

  const entry = (node) => {
    const button = make('button', { type: 'button', dataset: { id: node.id } }, mark(node), make('span', {}, node.name));
    button.addEventListener('click', () => choose(node.id, true));
    return make('li', {}, button);
  };

  const card = (node) => {
    const box = $('card');
    const before = box.hidden;
    box.replaceChildren();
    box.hidden = !node;
    if (node) {
      const close = make('button', { type: 'button', className: 'close', title: 'Close (Esc)', ariaLabel: 'Close' }, '×');
      close.addEventListener('click', () => choose(null));
      const what = node.format || (node.kind === 'file' ? 'file' : node.kind === 'server' ? 'MCP server' : node.kind);
      box.append(make('h2', {}, node.name), make('p', { className: 'muted' }, mark(node), ` ${what}`), close);
      if (node.state === 'unresolved') {
        box.append(make('p', { className: 'error' }, `No ${node.kind} in this project has this name; the references below are unresolved.`));
      } else if (node.state === 'external') {
        box.append(make('p', { className: 'muted' }, 'Not defined in this project.'));
      }
      if (node.path) {
        const file = make('p', {}, opener(node.path, node.line, node.path));
        box.append(file);
      }
      if (node.description) {
        box.append(make('p', {}, node.description));
      }
      if (node.kind === 'agent' && !node.state) {
        box.append(make('h3', {}, 'Tools'));
        const tools = (node.tools ?? []).map((name) => make('code', {}, name));
        box.append(node.tools === null ? make('p', {}, 'all') : tools.length ? make('div', { className: 'tools' }, ...tools) : make('p', { className: 'error' }, 'none'));
      }
      for (const kind of Object.keys(EDGES).filter((kind) => kind !== 'may use' || node.kind === 'tool')) {
        list(box, EDGES[kind], edges.filter((edge) => edge.kind === kind && edge.source === node.id), 'target');
        list(box, BACK[kind], edges.filter((edge) => edge.kind === kind && edge.target === node.id), 'source');
      }
    }
    if (before !== box.hidden) {
      cy.resize();
    }
  };

  const list = (box, words, rows, end) => {
    if (rows.length) {
      const items = rows.map((edge) => {
        const item = entry(nodes.get(edge[end]));
        const { path } = nodes.get(edge.source);
        const places = edge.lines.slice(0, 3).flatMap((line, at) => [at ? ', ' : 'line ', opener(path, line, String(line))]);
        item.append(make('small', {}, ...places, edge.lines.length > 3 ? ', …' : ''));
        return item;
      });
      box.append(make('h3', {}, `${words} (${rows.length})`), make('ul', {}, ...items));
    }
  };

  /** Fill the list on the left with the drawn nodes that match the search. */
  const fill = () => {
    const words = $('search').value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const fits = ({ name, description, path }) => {
      const text = `${name} ${description} ${path}`.toLowerCase();
      return words.every((word) => text.includes(word));
    };
    const [there] = now;
    const found = there.filter(fits);
    const named = (node) => (words.length && words.some((word) => node.name.toLowerCase().includes(word)) ? 0 : 1);
    const groups = new Map();
    for (const node of [...found].sort((a, b) => named(a) - named(b) || (a.name < b.name ? -1 : 1))) {
      const group = words.length && node.state !== 'unresolved' ? '' : groupOf(node);
      groups.set(group, groups.get(group) ?? []);
      groups.get(group).push(node);
    }
    const items = [];
    const order = [...groups.keys()].sort((a, b) => (b === UNRESOLVED) - (a === UNRESOLVED) || (a < b ? -1 : 1));
    for (const group of order) {
      if (group) {
        items.push(make('li', { className: `group ${group === UNRESOLVED ? 'error' : ''}` }, group));
      }
      items.push(...groups.get(group).slice(0, LISTED).map(entry));
    }
    $('list').replaceChildren(...(items.length ? items : [make('li', { className: 'group' }, words.length ? 'No matches' : 'Nothing to show')]));
    cy.batch(() => {
      cy.elements().removeClass('found other');
      if (words.length) {
        cy.elements('[kind]').addClass('other');
        found.forEach(({ id }) => cy.getElementById(id).removeClass('other').addClass('found'));
      }
    });
    return found;
  };
  const LISTED = 500;

  const update = () => {
    now = visible();
    cy.elements().remove();
    style();
    cy.add(elements(...now));
    layOut();
    const hidden = wants('mentions') ? 0 : mentions;
    const notes = [
      hidden ? `Hidden: ${plural(hidden, 'mentions')} in prose.` : '',
      wants('unconnected') ? '' : `Hidden: ${plural(nodes.size - now[0].length, 'nodes')}.`,
      now[0].length > MAX_UNGROUPED ? `More than ${MAX_UNGROUPED.toLocaleString('en')} nodes are always grouped by folder.` : '',
    ];
    $('note').textContent = notes.join(' ');
    fill();
    choose(cy.getElementById(chosen ?? '').length ? chosen : null);
  };

  // --- mouse and keys ------------------------------------------------------------------------------

  let waiting = 0;
  cy.on('zoom', () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(enlargeLabels);
  });
  cy.on('tap', 'node[kind]', ({ target }) => choose(target.id()));
  cy.on('dbltap', 'node[kind]', ({ target }) => {
    const { path, line } = nodes.get(target.id());
    if (path) {
      opener(path, line, '').click();
    }
  });
  cy.on('tap', ({ target }) => target === cy && choose(null));
  cy.on('mouseover', 'node[kind]', ({ target }) => chosen === null && near(target.id()));
  cy.on('mouseout', 'node[kind]', () => chosen === null && near(null));

  const zoom = (factor) => cy.zoom({ level: cy.zoom() * factor, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
  const acts = {
    in: () => zoom(1.25),
    out: () => zoom(0.8),
    fit,
    layOut: () => update(),
    refresh: () => vscode.postMessage({ refresh: true }),
  };
  for (const button of document.querySelectorAll('[data-do]')) {
    button.addEventListener('click', acts[button.dataset.do]);
  }
  document.querySelector('[data-do="refresh"]').hidden = !vscode;

  $('search').addEventListener('input', fill);
  $('search').addEventListener('keydown', (event) => {
    if (event.key === 'Enter') {
      const [first] = $('list').querySelectorAll('button');
      first?.click();
    }
  });
  document.addEventListener('keydown', (event) => {
    const typing = event.target === $('search');
    if (event.key === 'Escape') {
      $('search').value = '';
      fill();
      choose(null);
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const buttons = [...$('list').querySelectorAll('button')];
      const at = buttons.indexOf(document.activeElement);
      if (at >= 0 || typing) {
        event.preventDefault();
        buttons[Math.max(0, at + (event.key === 'ArrowDown' ? 1 : -1))]?.focus();
      }
    } else if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const act = { '+': acts.in, '=': acts.in, '-': acts.out, 0: acts.fit, '/': () => $('search').focus() }[event.key];
      if (act) {
        event.preventDefault();
        act();
      }
    }
  });

  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', style);
  new MutationObserver(style).observe(document.body, { attributes: true, attributeFilter: ['class'] });
  new ResizeObserver(() => cy.resize()).observe($('map'));

  update();
  window.agentMap = cy;
})();
