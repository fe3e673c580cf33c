// SPDX-License-Identifier: Apache-2.0

using SupplyChain.Cli;

using var signals = new Signals();
return await CommandLine.RunAsync(args, Surroundings.OfProcess(), signals);
