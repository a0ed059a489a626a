// Preloaded by the start-up benchmark: tells the process's peak memory as it ends.
process.on('exit', () => process.stderr.write(`peak-memory-kilobytes: ${process.resourceUsage().maxRSS}\n`));
