// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Cli;
using SupplyChain.Conformance;

using var signals = new Signals();
return await new ConformanceClient(Surroundings.OfProcess()).RunAsync(args, signals);
