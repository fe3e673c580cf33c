// SPDX-License-Identifier: Apache-2.0
// node sigstore-verify.cjs ROOT BUNDLE ARTIFACT SUBJECT ISSUER: what @sigstore/verify says of a bundle; exit code 1 when it refuses.
'use strict';

const fs = require('fs');
const { bundleFromJSON } = require('@sigstore/bundle');
const { TrustedRoot } = require('@sigstore/protobuf-specs');
const { Verifier, toSignedEntity, toTrustMaterial } = require('@sigstore/verify');

const [root, bundle, artifact, subject, issuer] = process.argv.slice(2);
const read = file => JSON.parse(fs.readFileSync(file, 'utf8'));

try {
  const thresholds = { tlogThreshold: 1, ctlogThreshold: 1, timestampThreshold: 1 };
  const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(read(root))), thresholds);
  const entity = toSignedEntity(bundleFromJSON(read(bundle)), fs.readFileSync(artifact));
  const signer = verifier.verify(entity, { subjectAlternativeName: subject, extensions: { issuer } });
  console.log(signer.identity.subjectAlternativeName);
} catch (problem) {
  console.error(`${problem.code ?? problem.name}: ${problem.message}`);
  process.exit(1);
}
