// SPDX-License-Identifier: Apache-2.0

using System.Formats.Asn1;
using SupplyChain.Testing.Registry;

namespace SupplyChain.Testing.Sigstore;

/// <summary>A timestamp authority at the wire; RFC 3161 §3.4.</summary>
internal sealed class TimestampSimulator(TimestampAuthority authority, TimestampAuthority stranger)
{
    public Reply Answer(SeenRequest request, byte[] content, SigstoreFault fault)
    {
        if (request.Method != "POST" || request.Headers["Content-Type"] != "application/timestamp-query")
            return SigstoreServices.Say(400, "expected a timestamp query");

        var query = new AsnReader(content, AsnEncodingRules.DER).ReadSequence();
        query.ReadInteger();
        var imprint = query.ReadSequence();
        imprint.ReadSequence();
        var digest = imprint.ReadOctetString();
        var nonce = query.ReadInteger();
        var by = fault == SigstoreFault.OtherAuthority ? stranger : authority;
        var answer = by.StampDigest(fault == SigstoreFault.OtherSignature ? LogFaults.Other(digest) : digest, new TimestampDraft
        {
            Nonce = fault switch { SigstoreFault.WrongNonce => nonce + 1, SigstoreFault.NoNonce => null, _ => nonce },
            Age = fault == SigstoreFault.OldTime ? TimeSpan.FromHours(1) : default,
            HasAccuracy = true,
            Status = fault == SigstoreFault.NoProof ? 2 : 0,
            Certificates = query.ReadBoolean() ? [by.Certificates[0]] : [],
        });
        return Reply.Of(201, answer, ("Content-Type", "application/timestamp-reply"));
    }
}
