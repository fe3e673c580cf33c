// SPDX-License-Identifier: Apache-2.0

namespace SupplyChain.Sigstore.Clients;

/// <summary>A certificate that a certificate authority gave, checked, and whom it names.</summary>
/// <param name="Certificate">The certificate.</param>
/// <param name="Identity">Whom it names, as verifiers will read it.</param>
public sealed record IssuedCertificate(Certificate Certificate, CertificateIdentity Identity);
