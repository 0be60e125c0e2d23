// What is wrong with a JWT, for people; never quotes the token, nor says what would have been right.
import { errors } from 'jose';

export function explainTokenFault(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    const isMissing = error.reason === 'missing';
    return isMissing
      ? `the token has no claim ${error.claim}`
      : `the claim ${error.claim} of the token does not hold here`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
    return 'the token is signed in a way that is not accepted here';
  }
  if (error instanceof errors.JWKSNoMatchingKey)
    return 'the token is signed with a key that the issuer does not have';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'the signature of the token is wrong';
  return 'the credential is no JWT that can be read';
}
