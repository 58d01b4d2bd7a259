/* The ways in a walker's milliseconds: who walks to a station within the limit.

   Numbers are those of geoplan.maps.what_if, and what is worked out of them is what
   Python's geoplan.walk works out: whole milliseconds, part by part. */
(function (geoplan) {
  "use strict";

  const { ints } = geoplan.codec;

  const FAR = 2147483647; // ms: no way to walk
  const PARTS = 16777216; // of an edge, by which steps of homes are told
  const ways = { limit: 0, speed: 1, nodes: 0 };
  let room = null;

  function use(data) {
    const edges = data.edges;
    Object.assign(ways, {
      limit: data.limit,
      speed: data.speed,
      nodes: data.nodes,
      u: risen(edges.u),
      forward: ints(edges.forward),
    });
    ways.v = added(ints(edges.v), ways.u);
    ways.backward = added(ints(edges.backward), ways.forward);
    arcs();
    steps(data.steps);
    ways.seeds = byPlace(data.seeds, "node");
    ways.direct = byPlace(data.direct, "home");
    room = { ms: new Int32Array(ways.nodes).fill(FAR), home: new Int32Array(ways.most).fill(FAR), heap: new Heap() };
    return ways;
  }

  /* Numbers of which each tells how much it adds to the one before. */
  function risen(text) {
    const out = ints(text);
    for (let i = 1; i < out.length; i += 1) out[i] += out[i - 1];
    return out;
  }

  function added(some, others) {
    for (let i = 0; i < some.length; i += 1) some[i] += others[i];
    return some;
  }

  /* Rows by a key: rows start[k] .. start[k + 1] of order have it. */
  function grouped(keys, size) {
    const start = new Uint32Array(size + 1);
    for (let i = 0; i < keys.length; i += 1) start[keys[i] + 1] += 1;
    for (let k = 0; k < size; k += 1) start[k + 1] += start[k];
    const next = start.slice();
    const order = new Uint32Array(keys.length);
    for (let i = 0; i < keys.length; i += 1) {
      order[next[keys[i]]] = i;
      next[keys[i]] += 1;
    }
    return { start, order };
  }

  /* Arcs by the node they lead to: a tree grows from a station towards its homes. */
  function arcs() {
    const size = ways.u.length;
    const to = new Int32Array(2 * size);
    to.set(ways.v);
    to.set(ways.u, size);
    const { start, order } = grouped(to, ways.nodes);
    const from = new Int32Array(2 * size);
    const cost = new Int32Array(2 * size);
    for (let k = 0; k < order.length; k += 1) {
      const edge = order[k] % size;
      const ahead = order[k] < size;
      from[k] = ahead ? ways.u[edge] : ways.v[edge];
      cost[k] = ahead ? ways.forward[edge] : ways.backward[edge];
    }
    ways.arcs = { start, from, cost };
  }

  /* Where homes step on the ways, by node and by edge. */
  function steps(data) {
    const home = risen(data.home);
    const edge = risen(data.edge);
    const leg = ints(data.leg);
    const part = ints(data.part);
    const size = home.length;
    const ms = new Int32Array(2 * size);
    const node = new Int32Array(2 * size);
    const share = new Float64Array(size);
    for (let i = 0; i < size; i += 1) {
      share[i] = part[i] / PARTS;
      ms[i] = after(leg[i], share[i], ways.backward[edge[i]]);
      ms[i + size] = after(leg[i], 1 - share[i], ways.forward[edge[i]]);
      node[i] = ways.u[edge[i]];
      node[i + size] = ways.v[edge[i]];
    }
    const odd = risen(data.odd.row);
    const toU = ints(data.odd.to_u_ms);
    const toV = ints(data.odd.to_v_ms);
    odd.forEach(function (row, k) {
      ms[row] = toU[k] < 0 ? FAR : toU[k];
      ms[row + size] = toV[k] < 0 ? FAR : toV[k];
    });
    ways.step = { home, leg, share, ms, size, node: grouped(node, ways.nodes), edge: grouped(edge, ways.u.length) };
    ways.most = size ? home[size - 1] + 1 : 0;
  }

  function byPlace(block, end) {
    const place = risen(block.place);
    const size = place.length ? place[place.length - 1] + 1 : 0;
    return { start: grouped(place, size).start, end: ints(block[end]), ms: ints(block.ms), size };
  }

  function rows(block, place) {
    const found = [];
    if (place < 0 || place >= block.size) return found;
    for (let k = block.start[place]; k < block.start[place + 1]; k += 1) found.push([block.end[k], block.ms[k]]);
    return found;
  }

  /* Rounds as Python does: halves to even. */
  function rint(value) {
    const whole = Math.round(value);
    return whole - value === 0.5 && whole % 2 !== 0 ? whole - 1 : whole;
  }

  /* The time for a leg and a share of an edge: no share takes none, even of FAR. */
  function after(leg, share, edge) {
    if (share === 0) return leg;
    return edge < 0 ? FAR : leg + rint(share * edge);
  }

  /* A station or room as Python has let it stand: where its tree starts, and the
     walks to it that pass no node. */
  function place(i) {
    return { seeds: rows(ways.seeds, i), direct: rows(ways.direct, i) };
  }

  /* A station on an edge, a share along it, so far off it. */
  function onEdge(edge, share, leg) {
    const forward = ways.forward[edge];
    const backward = ways.backward[edge];
    const seeds = [[ways.u[edge], after(leg, share, forward)], [ways.v[edge], after(leg, 1 - share, backward)]]
      .filter(function (seed) { return seed[1] < FAR; });
    const direct = [];
    const step = ways.step;
    for (let k = step.edge.start[edge]; k < step.edge.start[edge + 1]; k += 1) {
      const i = step.edge.order[k];
      const ms = after(step.leg[i] + leg, Math.abs(share - step.share[i]), share > step.share[i] ? forward : backward);
      if (ms < FAR) direct.push([step.home[i], ms]);
    }
    return { seeds, direct };
  }

  /* Nodes and homes from which a station is reached within the limit, and their ms. */
  function search(station) {
    const { ms, heap } = room;
    const nodes = [];
    station.seeds.forEach(function (seed) { heap.push(seed[1], seed[0]); });
    while (heap.size) {
      const [time, node] = heap.pop();
      if (time > ways.limit) break;
      if (time >= ms[node]) continue;
      ms[node] = time;
      nodes.push(node);
      for (let k = ways.arcs.start[node]; k < ways.arcs.start[node + 1]; k += 1) {
        const cost = ways.arcs.cost[k];
        if (cost >= 0 && time + cost < ms[ways.arcs.from[k]]) heap.push(time + cost, ways.arcs.from[k]);
      }
    }
    heap.size = 0;
    const found = { node: Int32Array.from(nodes), nodeMs: new Int32Array(nodes.length) };
    const reached = homes(nodes, station.direct);
    nodes.forEach(function (node, k) {
      found.nodeMs[k] = ms[node];
      ms[node] = FAR;
    });
    return Object.assign(found, reached);
  }

  function homes(nodes, direct) {
    const { ms, home } = room;
    const step = ways.step;
    const seen = [];
    function met(b, time) {
      if (time > ways.limit || time >= home[b]) return;
      if (home[b] === FAR) seen.push(b);
      home[b] = time;
    }
    direct.forEach(function (walk) { met(walk[0], walk[1]); });
    nodes.forEach(function (node) {
      for (let k = step.node.start[node]; k < step.node.start[node + 1]; k += 1) {
        const row = step.node.order[k];
        if (step.ms[row] < FAR) met(step.home[row % step.size], ms[node] + step.ms[row]);
      }
    });
    const found = { home: Int32Array.from(seen), homeMs: new Int32Array(seen.length) };
    seen.forEach(function (b, k) {
      found.homeMs[k] = home[b];
      home[b] = FAR;
    });
    return found;
  }

  /* A queue of nodes by time. */
  function Heap() {
    this.size = 0;
    this.time = new Int32Array(1024);
    this.node = new Int32Array(1024);
  }

  Heap.prototype.push = function (time, node) {
    if (this.size === this.time.length) {
      this.time = doubled(this.time);
      this.node = doubled(this.node);
    }
    let i = this.size;
    this.size += 1;
    while (i > 0) {
      const above = (i - 1) >> 1;
      if (this.time[above] <= time) break;
      this.time[i] = this.time[above];
      this.node[i] = this.node[above];
      i = above;
    }
    this.time[i] = time;
    this.node[i] = node;
  };

  Heap.prototype.pop = function () {
    const first = [this.time[0], this.node[0]];
    this.size -= 1;
    const time = this.time[this.size];
    const node = this.node[this.size];
    let i = 0;
    for (let below = 1; below < this.size; below = 2 * i + 1) {
      if (below + 1 < this.size && this.time[below + 1] < this.time[below]) below += 1;
      if (this.time[below] >= time) break;
      this.time[i] = this.time[below];
      this.node[i] = this.node[below];
      i = below;
    }
    this.time[i] = time;
    this.node[i] = node;
    return first;
  };

  function doubled(some) {
    const out = new Int32Array(2 * some.length);
    out.set(some);
    return out;
  }

  geoplan.whatif = { ways: Object.assign(ways, { use, place, onEdge, search, risen, rint, FAR, PARTS }) };
})((window.geoplan = window.geoplan || {}));
