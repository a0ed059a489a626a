// Draws what stands in `data-chart` with uPlot, in the page's own colours; again when those change.
(() => {
  const HEIGHT = { line: 180, bar: 180, steps: 120 };
  /** What may lie between two ticks of a time axis. */
  const MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720, 1440, 2880, 10080];
  /** A limit further off than this many times the highest value is left out, lest it flatten everything else. */
  const FAR = 10;

  function palette() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    return {
      canary: colour('canary'),
      stable: colour('stable'),
      other: colour('other'),
      limit: colour('limit'),
      text: colour('muted'),
      grid: colour('line'),
      font: '12px system-ui, sans-serif',
    };
  }

  const clock = (seconds) => new Date(seconds * 1000).toISOString().slice(11, 16);
  const plain = (value, unit) => (value == null ? '–' : `${Number(value.toPrecision(3))}${unit}`);

  function series(line, colours, unit, points) {
    const stroke = line.colour ?? colours[line.role];
    const paths = {
      line: uPlot.paths.linear(),
      steps: uPlot.paths.stepped({ align: 1 }),
      bar: uPlot.paths.bars({ size: [0.6, 40] }),
    }[line.shape];
    return {
      label: line.label,
      stroke,
      width: line.role === 'limit' ? 1.5 : 2,
      ...(line.role === 'limit' ? { dash: [6, 4] } : {}),
      ...(line.shape === 'line' ? {} : { fill: `${stroke}40` }),
      paths,
      points: { show: points && line.shape === 'line' && line.role !== 'limit', size: 5, fill: stroke },
      value: (_, value) => plain(value, unit),
    };
  }

  function xAxis(chart, colours) {
    const names = chart.categories;
    return {
      stroke: colours.text,
      font: colours.font,
      grid: { stroke: colours.grid, width: 1 },
      ticks: { show: false },
      space: 60,
      size: 30,
      incrs: names ? [1, 2, 5, 10, 20, 50, 100] : MINUTES.map((count) => count * 60),
      values: (_, splits) => splits.map((split) => (names ? (names[split] ?? '') : clock(split))),
    };
  }

  /** The lines of the moments worth one, labelled in the first pane only. */
  function drawMarks(chart, labelled, colours) {
    return (plot) => {
      const { ctx, bbox } = plot;
      const scale = devicePixelRatio;
      ctx.save();
      ctx.strokeStyle = ctx.fillStyle = colours.text;
      ctx.setLineDash([2 * scale, 3 * scale]);
      ctx.font = `${11 * scale}px system-ui, sans-serif`;
      ctx.textBaseline = 'top';
      for (const { x, label } of chart.marks ?? []) {
        const at = plot.valToPos(x, 'x', true);
        ctx.beginPath();
        ctx.moveTo(at, bbox.top);
        ctx.lineTo(at, bbox.top + bbox.height);
        ctx.stroke();
        if (!labelled) continue;
        const right = at + ctx.measureText(label).width + 8 * scale > bbox.left + bbox.width;
        ctx.textAlign = right ? 'right' : 'left';
        ctx.fillText(label, at + (right ? -4 : 4) * scale, bbox.top + 2 * scale);
      }
      ctx.restore();
    };
  }

  function extent(chart) {
    const all = chart.panes.flatMap((pane) => pane.x).concat((chart.marks ?? []).map((mark) => mark.x));
    const low = Math.min(...all);
    const high = Math.max(...all);
    const margin = chart.categories ? 0.5 : Math.max(30, (high - low) * 0.02);
    return [low - margin, high + margin];
  }

  function highest(pane) {
    const top = (lines) =>
      Math.max(0, ...lines.flatMap((line) => line.values.filter((value) => value !== null)));
    const limits = pane.lines.filter((line) => line.role === 'limit');
    const seen = top(pane.lines.filter((line) => line.role !== 'limit'));
    const limit = top(limits);
    const high = seen > 0 && limit > FAR * seen ? seen : Math.max(seen, limit);
    return high > 0 ? high * 1.15 : 1;
  }

  function options(chart, pane, index, colours, width, key) {
    const range = extent(chart);
    return {
      width,
      height: HEIGHT[pane.lines[0]?.shape ?? 'line'],
      ...(pane.title ? { title: pane.title } : {}),
      cursor: { drag: { x: false, y: false }, sync: { key }, y: false },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
      scales: {
        x: { time: !chart.categories, range: () => range },
        y: { range: () => [0, highest(pane)] },
      },
      axes: [
        xAxis(chart, colours),
        {
          stroke: colours.text,
          font: colours.font,
          grid: { stroke: colours.grid, width: 1 },
          ticks: { show: false },
          size: 62,
          space: 34,
          values: (_, splits) => splits.map((split) => plain(split, pane.unit)),
        },
      ],
      series: [
        {
          label: chart.categories ? 'at' : 'UTC',
          value: (_, x) => (x == null ? '–' : chart.categories ? (chart.categories[x] ?? '') : clock(x)),
        },
        ...pane.lines.map((line) => series(line, colours, pane.unit, pane.x.length <= 90)),
      ],
      hooks: { draw: [drawMarks(chart, index === 0, colours)] },
    };
  }

  const drawn = [];
  function draw(box, number) {
    const chart = JSON.parse(box.dataset.chart);
    const colours = palette();
    for (const [index, pane] of chart.panes.entries()) {
      const data = [pane.x, ...pane.lines.map((line) => line.values)];
      const width = Math.max(200, box.clientWidth);
      const plot = new uPlot(options(chart, pane, index, colours, width, `chart-${number}`), data, box);
      drawn.push({ plot, box });
    }
  }

  function drawAll() {
    for (const { plot } of drawn.splice(0)) plot.destroy();
    document.querySelectorAll('[data-chart]').forEach(draw);
  }

  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      for (const { plot, box } of drawn) {
        const width = Math.max(200, target.clientWidth);
        if (box === target && target.clientWidth > 0 && plot.width !== width)
          plot.setSize({ width, height: plot.height });
      }
    }
  });

  /** What a link leads to is shown although it stands in something closed. */
  function reveal() {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (!target) return;
    for (let element = target; element; element = element.parentElement) {
      if (element instanceof HTMLDetailsElement) element.open = true;
    }
    target.scrollIntoView();
  }

  drawAll();
  for (const box of document.querySelectorAll('[data-chart]')) sizes.observe(box);
  for (const query of ['(prefers-color-scheme: dark)', 'print'])
    matchMedia(query).addEventListener('change', drawAll);
  addEventListener('hashchange', reveal);
  reveal();
})();
