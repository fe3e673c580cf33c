// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Cli.Keys.Editing;

/// <summary>Lines that take the place of others.</summary>
/// <param name="Line">The first line that goes, or before which lines are added; from 0.</param>
/// <param name="Removed">How many lines go.</param>
/// <param name="Added">The lines that come.</param>
internal sealed record LineEdit(int Line, int Removed, IReadOnlyList<string> Added);
