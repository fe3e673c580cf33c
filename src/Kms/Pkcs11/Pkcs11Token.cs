// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace SupplyChain.Kms.Pkcs11;

/// <summary>A token as the module shows it, whatever URIs call it.</summary>
/// <param name="Slot">The slot it is in.</param>
/// <param name="Label">Its label.</param>
/// <param name="Manufacturer">Who made it.</param>
/// <param name="Model">What it is.</param>
/// <param name="Serial">Its number, which no other token of its manufacturer and model has; may be empty.</param>
internal sealed record Pkcs11Token(ulong Slot, string Label, string Manufacturer, string Model, string Serial)
{
    /// <summary>What tells it from every other one.</summary>
    public (string Manufacturer, string Model, string Number) Identity => (
        Manufacturer, Model, Serial.Length > 0 ? Serial : string.Create(CultureInfo.InvariantCulture, $"slot {Slot}"));
}
