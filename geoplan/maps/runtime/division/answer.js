/* The answer on top: what the division that is shown comes to, in one sentence. */
(function (geoplan) {
  "use strict";

  const { make, get, put } = geoplan.element;
  const { study, division, state, words } = geoplan;

  const FEW = 3; // grids that change which a sentence tells one by one
  const LOUD = { moved: "moved", share: "moved", now: "after", good: "gain", broken: "out" };

  function start() {
    state.on(function (change) { if ("plan" in change) show(); });
    show();
  }

  /* A text with its facts, in pieces: [text, name of the fact or ""]. */
  function pieces(key, facts) {
    return words.form(key, facts).split(/(\{\w+\})/).filter(Boolean).map(function (piece) {
      const name = /^\{(\w+)\}$/.exec(piece);
      return name ? [String(facts[name[1]]), name[1]] : [piece, ""];
    });
  }

  /* The sentence of a division in pieces. */
  function sentence(now) {
    const few = each(now);
    const parts = [counts(now), moved(now), few.length ? few : balance(now), rules(now)].filter(function (part) { return part.length; });
    return parts.reduce(function (all, part) {
      return all.concat(all.length ? [[words.say("answer_join"), ""]] : [], part);
    }, []).concat([[words.say("answer_end"), ""]]);
  }

  function counts(now) {
    const before = division.was.size, after = now.size;
    return pieces(before === after ? "answer_count_same" : "answer_count_other", { before, after });
  }

  function moved(now) {
    if (!now.strips.length) return pieces("answer_still", {});
    return pieces("answer_moved", { moved: words.count(now.moves), buildings: words.buildings(now.moved.buildings), share: share(now.moves, now.total[division.measure]) });
  }

  /* A share, rounded down, never 0 of some. */
  function share(part, whole) {
    const tenths = words.tenths(Math.round(part), Math.round(whole));
    return part > 0 && tenths === 0 ? words.say("share_least") : words.decimal(tenths);
  }

  /* What becomes of each grid that changes, where they are few. */
  function each(now) {
    const changed = now.grids.filter(function (row) { return row.changed; });
    if (!changed.length || changed.length > FEW) return [];
    return changed.reduce(function (all, row) {
      const kind = !row.was ? "new" : row.there ? "kept" : "gone";
      const told = pieces("answer_each_" + kind, { name: division.name(row.i), was: words.count(division.size(row.before)), now: words.count(division.size(row)) });
      return all.concat(all.length ? [[words.say("answer_each_join"), ""]] : [], told);
    }, []);
  }

  /* How most and least compare, today and then. */
  function balance(now) {
    const was = division.was.balance, then = now.balance;
    if (!was.n || !then.n || was.most <= 0) return [];
    const ratio = was.least > 0 && then.least > 0;
    const worth = [was, then].map(function (one) { return ratio ? one.most / one.least : one.most; });
    const told = worth.map(function (one) { return ratio ? (Math.floor(one * 10 + 0.5) / 10).toFixed(1) : words.count(one); });
    if (told[0] === told[1] && now.strips.length) return evenness(was, then);
    const way = told[0] === told[1] ? "same" : worth[1] < worth[0] ? "down" : "up";
    return pieces("answer_" + (ratio ? "ratio_" : "most_") + way, { was: told[0], now: told[1] });
  }

  /* How much sizes differ at large, where most and least stay as they are. */
  function evenness(was, then) {
    const told = [was, then].map(function (one) { return even(one.cv); });
    const way = told[0] === told[1] ? "same" : then.cv < was.cv ? "down" : "up";
    return pieces("answer_even_" + way, { was: told[0], now: told[1] });
  }

  /* The spread of sizes as a share of their mean, in per cent. */
  function even(cv) {
    return (Math.floor(cv * 1000 + 0.5) / 10).toFixed(1) + "%";
  }

  function rules(now) {
    if (!now.rules) return [];
    const broken = now.rules.filter(function (rule) { return rule.level === "error" && !rule.passed; }).length;
    return broken ? [[words.say("answer_broken", { n: broken }), "broken"]] : [[words.say("answer_kept"), "good"]];
  }

  /* What there is to say beside it, each a few words. */
  function lead(now) {
    const was = division.was.balance, then = now.balance;
    const found = [];
    const apart = [was, then].map(function (one) { return words.count(one.most - one.least); });
    if (division.banded) found.push(words.say("lead_within", Object.assign(division.limits(), { was: was.within, now: then.within, n: then.n })));
    if (was.n !== then.n) found.push(words.say("lead_mean", { was: words.number(Math.round(was.mean)), now: words.count(Math.round(then.mean)) }));
    if (was.n === then.n && apart[0] !== apart[1]) found.push(words.say("lead_apart", { was: apart[0], now: apart[1] }));
    const locked = division.was.grids.filter(function (row) { return row.there && division.grids.locked[row.i]; }).length;
    if (locked) found.push(words.say("lead_locked", { n: locked }));
    if (now.staffing) found.push(words.say(now.staffing.short ? "lead_short" : "lead_staffed", { workers: now.staffing.workers, short: now.staffing.short }));
    const inherited = (now.rules || []).filter(function (rule) { return rule.level === "error" && rule.inherited.length; }).length;
    if (inherited) found.push(words.say("lead_inherited", { n: inherited }));
    return found;
  }

  function show() {
    const now = division.now;
    put(get("sentence"), division.plans.length || now !== division.was ? sentence(now).map(function (piece) {
      return LOUD[piece[1]] ? make("b", { class: "figure " + LOUD[piece[1]] }, piece[0]) : piece[0];
    }) : words.say("answer_empty"));
    put(get("lead"), lead(now).map(function (text) { return make("span", {}, text); })
      .concat(make("span", { class: "advice" }, words.say("advice"))));
  }

  geoplan.answer = { start, sentence, lead, share, even };
})((window.geoplan = window.geoplan || {}));
