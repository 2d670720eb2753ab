"""A real system beside the simulated province: what `vms demo`, the benchmarks and the browser tests start."""
