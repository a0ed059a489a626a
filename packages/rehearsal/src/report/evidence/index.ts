export { type Canary, canariesOf, type Evidence, type Minute, type Weight } from './canary.ts';
export { type Finding, type Gate, type GateAnswer, gateAnswers } from './gate.ts';
export { type Call, callsOf, changesOf, tally } from './journal.ts';
