export { type Chart, chartFigure, type Line, type Pane } from './chart.ts';
