// SPDX-License-Identifier: Apache-2.0

using SupplyChain.EndToEnd.Components;

[assembly: AssemblyFixture(typeof(Registries))]
