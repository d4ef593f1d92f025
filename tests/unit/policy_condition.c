/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions and policy variables: each row is the Condition of one statement that allows
 * CloudTrail everything, so that its truth is the verdict: a, d or i for each of the three uses.
 */
#include "unit/policy_judge.h"

#include "policy/policy_private.h"

#define CONTEXT		"`kms:EncryptionContext:aws:cloudtrail:arn`"
#define CONTEXT_S3	"`kms:EncryptionContext:aws:s3:arn`"
#define CONTEXT_KEYS	"`kms:EncryptionContextKeys`"
#define SOURCE		"`aws:SourceArn`"
#define ACCOUNT		"`aws:SourceAccount`"
#define NAMES		"`aws:PrincipalServiceNamesList`"
#define ABSENT		"`aws:PrincipalTag/x`"
#define UNKNOWN		"`kms:ViaService`"
#define PRESENT		"`aws:CurrentTime`"

static const struct row {
	const char	*condition;
	const char	*want;
} rows[] = {
	/* the facts: what each request carries */
	{ "`StringEquals`:{" CONTEXT ":`" TRAIL "`}", "ada" },
	{ "`StringEquals`:{" CONTEXT ":`" FOREIGN_TRAIL "`}", "ddd" },
	{ "`Null`:{" CONTEXT ":`false`}", "ada" },
	{ "`Null`:{" CONTEXT_S3 ":`false`}", "ada" },
	{ "`Null`:{" CONTEXT_S3 ":`true`}", "dad" },
	{ "`StringLike`:{" CONTEXT_S3 ":`*`}", "idi" },
	{ "`StringNotLike`:{" CONTEXT_S3 ":`*`}", "iai" },
	{ "`StringLikeIfExists`:{" CONTEXT_S3 ":`*`}", "iai" },
	{ "`Null`:{`kms:EncryptionContext:department`:`true`}", "aaa" },
	{ "`Null`:{`kms:EncryptionContext:`:`true`}", "aaa" },
	{ "`Null`:{`kms:EncryptionContext`:`true`}", "iii" },
	{ "`ForAnyValue:StringEquals`:{" CONTEXT_KEYS ":`aws:s3:arn`}", "ada" },
	{ "`StringEquals`:{`kms:EncryptionAlgorithm`:`SYMMETRIC_DEFAULT`}", "ada" },
	{ "`StringEquals`:{`kms:EncryptionAlgorithm`:`RSAES_OAEP_SHA_256`}", "ddd" },
	{ "`StringEquals`:{" SOURCE ":`" TRAIL "`}", "aaa" },
	{ "`StringEquals`:{" ACCOUNT ":`111122223333`}", "aaa" },
	{ "`StringEquals`:{" ACCOUNT ":`444455556666`}", "ddd" },
	{ "`Bool`:{`aws:PrincipalIsAWSService`:`true`}", "aaa" },
	{ "`StringEquals`:{`aws:PrincipalServiceName`:`cloudtrail.amazonaws.com`}", "aaa" },
	{ "`ForAnyValue:StringEquals`:{" NAMES ":`cloudtrail.amazonaws.com`}", "aaa" },
	{ "`Bool`:{`aws:SecureTransport`:`true`}", "aaa" },
	{ "`Bool`:{`aws:SecureTransport`:`false`}", "ddd" },
	{ "`StringEquals`:{`aws:ResourceAccount`:`111122223333`}", "aaa" },
	{ "`StringEquals`:{`aws:RequestedRegion`:`us-east-1`}", "aaa" },
	{ "`StringEquals`:{`aws:RequestedRegion`:[`eu-west-1`,`us-west-2`]}", "ddd" },
	{ "`DateGreaterThan`:{`aws:CurrentTime`:`2001-01-01T00:00:00Z`}", "iii" },
	{ "`NumericGreaterThan`:{`aws:EpochTime`:0}", "iii" },
	{ "`Null`:{`aws:CurrentTime`:`false`}", "aaa" },
	{ "`Null`:{`aws:EpochTime`:`true`}", "ddd" },
	{ "`Null`:{`aws:PrincipalOrgID`:`true`}", "aaa" },
	{ "`Null`:{`aws:PrincipalOrgPaths`:`true`}", "aaa" },
	{ "`Null`:{`aws:PrincipalTag/Team`:`true`}", "aaa" },
	{ "`Null`:{`AWS:principaltag/`:`true`}", "aaa" },
	{ "`Null`:{`aws:PrincipalTag`:`true`}", "iii" },
	{ "`Null`:{`aws:RequestTag/Team`:`true`}", "aaa" },
	{ "`Null`:{`aws:TagKeys`:`true`}", "aaa" },
	{ "`Null`:{`kms:GrantIsForAWSResource`:`true`,`kms:GrantOperations`:`true`,"
	  "`kms:GrantConstraintType`:`true`,`kms:GranteePrincipal`:`true`,"
	  "`kms:RetiringPrincipal`:`true`,`kms:BypassPolicyLockoutSafetyCheck`:`true`,"
	  "`kms:ReEncryptOnSameKey`:`true`,`kms:ExpirationModel`:`true`,`kms:ValidTo`:`true`}", "aaa" },
	{ "`Null`:{`kms:WrappingAlgorithm`:`true`,`kms:WrappingKeySpec`:`true`,"
	  "`kms:ScheduleKeyDeletionPendingWindowInDays`:`true`,`kms:SigningAlgorithm`:`true`,"
	  "`kms:MessageType`:`true`,`kms:MacAlgorithm`:`true`,`kms:DataKeyPairSpec`:`true`,"
	  "`kms:PrimaryRegion`:`true`,`kms:ReplicaRegion`:`true`}", "aaa" },
	{ "`Null`:{`kms:RecipientAttestation:ImageSha384`:`true`}", "aaa" },
	{ "`Null`:{`kms:RecipientAttestation:PCR0`:`true`}", "aaa" },
	{ "`Null`:{`kms:RecipientAttestation`:`true`}", "iii" },
	{ "`Null`:{`kms:CallerAccount`:`false`}", "iii" },
	{ "`Null`:{`aws:PrincipalArn`:`false`}", "iii" },
	{ "`Null`:{`aws:PrincipalAccount`:`false`}", "iii" },
	{ "`Null`:{`aws:PrincipalType`:`false`}", "iii" },
	{ "`Null`:{`aws:userid`:`false`}", "iii" },
	{ "`Null`:{`aws:SourceIp`:`false`}", "iii" },
	{ "`Null`:{`aws:SourceVpc`:`true`}", "iii" },
	{ "`Null`:{`aws:SourceVpce`:`true`}", "iii" },
	{ "`Null`:{`aws:SourceOrgID`:`false`}", "iii" },
	{ "`Null`:{`aws:SourceOrgPaths`:`false`}", "iii" },
	{ "`Null`:{`aws:ResourceOrgID`:`false`}", "iii" },
	{ "`Null`:{`aws:ResourceTag/Team`:`true`}", "iii" },
	{ "`Null`:{`aws:ViaAWSService`:`true`}", "iii" },
	{ "`Null`:{`aws:CalledVia`:`true`}", "iii" },
	{ "`Null`:{`aws:CalledViaFirst`:`true`}", "iii" },
	{ "`Null`:{`kms:KeySpec`:`false`}", "iii" },
	{ "`Null`:{`kms:KeyUsage`:`false`}", "iii" },
	{ "`Null`:{`kms:KeyOrigin`:`false`}", "iii" },
	{ "`Null`:{`kms:MultiRegion`:`false`}", "iii" },
	{ "`Null`:{`kms:ResourceAliases`:`false`}", "iii" },
	{ "`Null`:{`kms:RequestAlias`:`false`}", "iii" },
	{ "`Null`:{`s3:x-amz-acl`:`true`}", "iii" },
	{ "`Null`:{`made:Up`:`true`}", "iii" },
	{ "`Null`:{``:`true`}", "iii" },

	/* names of keys in any case, and not by their parts */
	{ "`StringEquals`:{`KMS:ENCRYPTIONCONTEXT:AWS:CLOUDTRAIL:ARN`:`" TRAIL "`}", "ada" },
	{ "`StringEquals`:{`kms:encryptioncontext:AWS:CloudTrail:Arn`:`" TRAIL "`}", "ada" },
	{ "`StringEquals`:{`AWS:SOURCEARN`:`" TRAIL "`}", "aaa" },
	{ "`StringEquals`:{`aws:sourceaccount`:`111122223333`}", "aaa" },
	{ "`Null`:{`aws:SourceArn `:`true`}", "iii" },
	{ "`Null`:{`aws:SourceArn\\u0000`:`true`}", "iii" },
	{ "`StringEquals`:{`aws:SourceArn`:`" TRAIL "`,`AWS:SourceArn`:`x`}", "ddd" },

	/* strings */
	{ "`StringEquals`:{" SOURCE ":[`x`,`" TRAIL "`]}", "aaa" },
	{ "`StringEquals`:{" SOURCE ":`arn:aws:cloudtrail:*`}", "ddd" },
	{ "`StringEquals`:{" SOURCE ":`ARN:aws:cloudtrail:us-east-1:111122223333:trail/main-trail`}", "ddd" },
	{ "`StringEquals`:{" SOURCE ":`" TRAIL "\\u0000`}", "ddd" },
	{ "`StringEquals`:{" SOURCE ":``}", "ddd" },
	{ "`StringEquals`:{" SOURCE ":[]}", "ddd" },
	{ "`StringNotEquals`:{" SOURCE ":[]}", "aaa" },
	{ "`StringNotEquals`:{" SOURCE ":`" TRAIL "`}", "ddd" },
	{ "`StringNotEquals`:{" SOURCE ":[`x`,`y`]}", "aaa" },
	{ "`StringNotEquals`:{" SOURCE ":[`x`,`" TRAIL "`]}", "ddd" },
	{ "`StringEqualsIgnoreCase`:{" SOURCE
	  ":`ARN:AWS:cloudtrail:US-EAST-1:111122223333:TRAIL/MAIN-TRAIL`}", "aaa" },
	{ "`StringEqualsIgnoreCase`:{" SOURCE ":`ARN:AWS:*`}", "ddd" },
	{ "`StringNotEqualsIgnoreCase`:{" SOURCE
	  ":`ARN:AWS:cloudtrail:US-EAST-1:111122223333:TRAIL/MAIN-TRAIL`}", "ddd" },
	{ "`StringNotEqualsIgnoreCase`:{" SOURCE ":`x`}", "aaa" },
	{ "`StringLike`:{" SOURCE ":`*`}", "aaa" },
	{ "`StringLike`:{" SOURCE ":`arn:*:trail/main-trail`}", "aaa" },
	{ "`StringLike`:{" SOURCE ":`arn:*:trail/main-trai?`}", "aaa" },
	{ "`StringLike`:{" SOURCE ":`arn:*:trail/main-trail?`}", "ddd" },
	{ "`StringLike`:{" SOURCE ":`ARN:*`}", "ddd" },
	{ "`StringLike`:{" SOURCE ":`*trail`}", "aaa" },
	{ "`StringLike`:{" SOURCE ":`*trai`}", "ddd" },
	{ "`StringLike`:{" SOURCE ":`**:**?-trail**`}", "aaa" },
	{ "`StringLike`:{" SOURCE ":``}", "ddd" },
	{ "`StringLike`:{" ACCOUNT ":`????????????`}", "aaa" },
	{ "`StringLike`:{" ACCOUNT ":`?????????????`}", "ddd" },
	{ "`StringLike`:{" ACCOUNT ":`1*2*3`}", "aaa" },
	{ "`StringLike`:{" ACCOUNT ":`1*4*3`}", "ddd" },
	{ "`StringNotLike`:{" ACCOUNT ":`1*`}", "ddd" },
	{ "`StringNotLike`:{" ACCOUNT ":`2*`}", "aaa" },

	/* ARNs, field by field */
	{ "`ArnEquals`:{" SOURCE ":`arn:aws:cloudtrail:*:111122223333:trail/*`}", "aaa" },
	{ "`ArnLike`:{" SOURCE ":`arn:aws:cloudtrail:*:111122223333:trail/*`}", "aaa" },
	{ "`ArnLike`:{" SOURCE ":`arn:aws:cloudtrail:us-*-?:1111*:*`}", "aaa" },
	{ "`ArnLike`:{" SOURCE ":`arn:*:*:*:*:*`}", "aaa" },
	{ "`ArnLike`:{" SOURCE ":`*:*:*:*:*:*`}", "aaa" },
	{ "`ArnLike`:{" SOURCE ":`arn:aws:cloudtrail:*:trail/*`}", "ddd" },
	{ "`ArnLike`:{" SOURCE ":`arn:aws:cloudtrail:*`}", "ddd" },
	{ "`ArnLike`:{" SOURCE ":`*`}", "ddd" },
	{ "`ArnLike`:{" SOURCE ":`arn:aws:cloudtrail:us-east-1*:111122223333:trail/main-trail`}", "aaa" },
	{ "`ArnLike`:{" SOURCE ":`arn:aws:cloudtrail:us-east-1:111122223333:trail/main-trail:x`}", "ddd" },
	{ "`ArnLike`:{" SOURCE ":`arn:aws:cloudtrail:us-east-1:111122223333:TRAIL/main-trail`}", "ddd" },
	{ "`ArnLike`:{" SOURCE ":`arn:aws:cloudtrail::111122223333:trail/main-trail`}", "ddd" },
	{ "`ArnLike`:{" SOURCE ":`arn:aws-cn:cloudtrail:*:111122223333:trail/*`}", "ddd" },
	{ "`ArnLike`:{" ACCOUNT ":`111122223333`}", "ddd" },
	{ "`ArnLike`:{" ACCOUNT ":`*:*:*:*:*:*`}", "ddd" },
	{ "`ArnNotLike`:{" SOURCE ":`arn:aws:cloudtrail:*:444455556666:trail/*`}", "aaa" },
	{ "`ArnNotLike`:{" SOURCE ":`arn:aws:cloudtrail:*:111122223333:trail/*`}", "ddd" },
	{ "`ArnNotEquals`:{" SOURCE ":`arn:aws:cloudtrail:*:111122223333:trail/*`}", "ddd" },
	{ "`ArnNotEquals`:{" ABSENT ":`arn:aws:cloudtrail:*:111122223333:trail/*`}", "aaa" },

	/* booleans and numbers, as texts or not */
	{ "`Bool`:{`aws:SecureTransport`:true}", "aaa" },
	{ "`Bool`:{`aws:SecureTransport`:[false,true]}", "aaa" },
	{ "`Bool`:{`aws:SecureTransport`:`True`}", "aaa" },
	{ "`Bool`:{`aws:SecureTransport`:`yes`}", "ddd" },
	{ "`Bool`:{`aws:SecureTransport`:1}", "ddd" },
	{ "`Bool`:{" ACCOUNT ":`111122223333`}", "ddd" },
	{ "`BoolIfExists`:{" ABSENT ":`true`}", "aaa" },
	{ "`StringEquals`:{`aws:SecureTransport`:true}", "aaa" },
	{ "`StringEquals`:{" ACCOUNT ":111122223333}", "aaa" },
	{ "`StringLike`:{" ACCOUNT ":111122223333}", "aaa" },
	{ "`NumericEquals`:{" ACCOUNT ":111122223333}", "aaa" },
	{ "`NumericEquals`:{" ACCOUNT ":`111122223333`}", "aaa" },
	{ "`NumericEquals`:{" ACCOUNT ":`111122223333.0`}", "aaa" },
	{ "`NumericEquals`:{" ACCOUNT ":`0x19`}", "ddd" },
	{ "`NumericEquals`:{" ACCOUNT ":``}", "ddd" },
	{ "`NumericNotEquals`:{" ACCOUNT ":111122223333}", "ddd" },
	{ "`NumericNotEquals`:{" ACCOUNT ":7}", "aaa" },
	{ "`NumericNotEquals`:{" ACCOUNT ":`seven`}", "aaa" },
	{ "`NumericLessThan`:{" ACCOUNT ":111122223333}", "ddd" },
	{ "`NumericLessThan`:{" ACCOUNT ":2e11}", "aaa" },
	{ "`NumericLessThanEquals`:{" ACCOUNT ":111122223333}", "aaa" },
	{ "`NumericGreaterThan`:{" ACCOUNT ":111122223332}", "aaa" },
	{ "`NumericGreaterThan`:{" ACCOUNT ":111122223333}", "ddd" },
	{ "`NumericGreaterThanEquals`:{" ACCOUNT ":[`x`,111122223333]}", "aaa" },
	{ "`NumericEquals`:{" SOURCE ":7}", "ddd" },

	/* dates, addresses and binary values, of which CloudTrail sends none that is known */
	{ "`DateLessThan`:{" PRESENT ":`2999-01-01T00:00:00Z`}", "iii" },
	{ "`DateLessThan`:{" SOURCE ":`2999-01-01T00:00:00Z`}", "ddd" },
	{ "`DateNotEquals`:{" SOURCE ":`2999-01-01T00:00:00Z`}", "aaa" },
	{ "`DateEquals`:{" ABSENT ":`2999-01-01T00:00:00Z`}", "ddd" },
	{ "`DateNotEquals`:{" ABSENT ":`2999-01-01T00:00:00Z`}", "aaa" },
	{ "`DateGreaterThanIfExists`:{" ABSENT ":`2999-01-01T00:00:00Z`}", "aaa" },
	{ "`IpAddress`:{`aws:SourceIp`:`0.0.0.0/0`}", "iii" },
	{ "`NotIpAddress`:{`aws:SourceIp`:`10.0.0.0/8`}", "iii" },
	{ "`IpAddress`:{" ACCOUNT ":`0.0.0.0/0`}", "ddd" },
	{ "`NotIpAddress`:{" ACCOUNT ":`0.0.0.0/0`}", "aaa" },
	{ "`NotIpAddress`:{" ABSENT ":`0.0.0.0/0`}", "aaa" },
	{ "`BinaryEquals`:{" ACCOUNT ":`MTExMTIyMjIzMzMz`}", "aaa" },
	{ "`BinaryEquals`:{" ACCOUNT ":`111122223333`}", "ddd" },
	{ "`BinaryEquals`:{" ACCOUNT ":`%`}", "ddd" },

	/* keys that are absent, unknown, or present with a value not known */
	{ "`StringEquals`:{" ABSENT ":`x`}", "ddd" },
	{ "`StringLike`:{" ABSENT ":`*`}", "ddd" },
	{ "`StringNotEquals`:{" ABSENT ":`x`}", "aaa" },
	{ "`StringNotLike`:{" ABSENT ":`*`}", "aaa" },
	{ "`StringNotEqualsIfExists`:{" ABSENT ":`x`}", "aaa" },
	{ "`StringEqualsIfExists`:{" ABSENT ":`x`}", "aaa" },
	{ "`ArnLikeIfExists`:{" ABSENT ":`x`}", "aaa" },
	{ "`NumericLessThanIfExists`:{" ABSENT ":`1`}", "aaa" },
	{ "`ForAllValues:StringEquals`:{" ABSENT ":`x`}", "aaa" },
	{ "`ForAllValues:StringNotEquals`:{" ABSENT ":`x`}", "aaa" },
	{ "`ForAnyValue:StringEquals`:{" ABSENT ":`x`}", "ddd" },
	{ "`ForAnyValue:StringNotEquals`:{" ABSENT ":`x`}", "ddd" },
	{ "`ForAllValues:StringEqualsIfExists`:{" ABSENT ":`x`}", "aaa" },
	{ "`ForAnyValue:StringEqualsIfExists`:{" ABSENT ":`x`}", "ddd" },
	{ "`Null`:{" ABSENT ":true}", "aaa" },
	{ "`Null`:{" ABSENT ":`false`}", "ddd" },
	{ "`Null`:{" ABSENT ":[`true`,`false`]}", "aaa" },
	{ "`Null`:{" ABSENT ":`x`}", "ddd" },
	{ "`Null`:{" ABSENT ":[]}", "ddd" },
	{ "`StringEquals`:{" UNKNOWN ":`x`}", "iii" },
	{ "`StringLike`:{" UNKNOWN ":`*`}", "iii" },
	{ "`StringNotEquals`:{" UNKNOWN ":`x`}", "iii" },
	{ "`StringEqualsIfExists`:{" UNKNOWN ":`x`}", "iii" },
	{ "`ForAllValues:StringEquals`:{" UNKNOWN ":`x`}", "iii" },
	{ "`ForAnyValue:StringEquals`:{" UNKNOWN ":`x`}", "iii" },
	{ "`StringEquals`:{" UNKNOWN ":[]}", "iii" },
	{ "`Null`:{" UNKNOWN ":`true`}", "iii" },
	{ "`Null`:{" UNKNOWN ":[`true`,`false`]}", "iii" },
	{ "`StringEquals`:{" PRESENT ":`x`}", "iii" },
	{ "`StringNotEquals`:{" PRESENT ":`x`}", "iii" },
	{ "`StringLikeIfExists`:{" PRESENT ":`*`}", "iii" },
	{ "`ForAllValues:StringLike`:{" PRESENT ":`*`}", "iii" },
	{ "`Null`:{" PRESENT ":`false`}", "aaa" },
	{ "`Null`:{" PRESENT ":`true`}", "ddd" },
	{ "`StringEqualsIfExists`:{" ACCOUNT ":`111122223333`}", "aaa" },
	{ "`StringEqualsIfExists`:{" ACCOUNT ":`444455556666`}", "ddd" },
	{ "`StringNotEqualsIfExists`:{" ACCOUNT ":`444455556666`}", "aaa" },

	/* sets */
	{ "`ForAllValues:StringEquals`:{" CONTEXT_KEYS ":[`aws:s3:arn`,`aws:cloudtrail:arn`,`x`]}", "aaa" },
	{ "`ForAllValues:StringEquals`:{" CONTEXT_KEYS ":`aws:s3:arn`}", "dad" },
	{ "`ForAllValues:StringEquals`:{" CONTEXT_KEYS ":[`AWS:s3:arn`,`aws:cloudtrail:arn`]}", "dad" },
	{ "`ForAllValues:StringEqualsIgnoreCase`:{" CONTEXT_KEYS ":[`AWS:s3:arn`,`AWS:cloudtrail:arn`]}",
	  "aaa" },
	{ "`ForAllValues:StringLike`:{" CONTEXT_KEYS ":`aws:*`}", "aaa" },
	{ "`ForAllValues:StringNotEquals`:{" CONTEXT_KEYS ":`aws:s3:arn`}", "dad" },
	{ "`ForAllValues:StringNotEquals`:{" CONTEXT_KEYS ":`x`}", "aaa" },
	{ "`ForAllValues:StringEquals`:{" CONTEXT_KEYS ":[]}", "dad" },
	{ "`ForAnyValue:StringEquals`:{" CONTEXT_KEYS ":[`x`,`aws:cloudtrail:arn`]}", "ada" },
	{ "`ForAnyValue:StringEquals`:{" CONTEXT_KEYS ":`x`}", "ddd" },
	{ "`ForAnyValue:StringNotEquals`:{" CONTEXT_KEYS ":`aws:s3:arn`}", "ada" },
	{ "`ForAnyValue:StringNotLike`:{" CONTEXT_KEYS ":`aws:*`}", "ddd" },
	{ "`StringEquals`:{" CONTEXT_KEYS ":`aws:s3:arn`}", "idi" },
	{ "`StringNotEquals`:{" CONTEXT_KEYS ":`x`}", "iai" },
	{ "`StringEqualsIfExists`:{" CONTEXT_KEYS ":`aws:s3:arn`}", "iai" },
	{ "`Null`:{" CONTEXT_KEYS ":`false`}", "ada" },
	{ "`ForAllValues:Null`:{" CONTEXT_KEYS ":`true`}", "iii" },
	{ "`ForAllValues:StringEquals`:{" SOURCE ":`" TRAIL "`}", "aaa" },
	{ "`ForAnyValue:StringEquals`:{" SOURCE ":`" TRAIL "`}", "aaa" },
	{ "`ForAnyValue:ArnLike`:{" SOURCE ":`arn:aws:cloudtrail:*:444455556666:*`}", "ddd" },
	{ "`ForAnyValue:StringEquals`:{" NAMES ":`x.amazonaws.com`}", "iii" },
	{ "`ForAnyValue:StringNotEquals`:{" NAMES ":`x.amazonaws.com`}", "aaa" },
	{ "`ForAnyValue:StringNotEquals`:{" NAMES ":`cloudtrail.amazonaws.com`}", "iii" },
	{ "`ForAllValues:StringEquals`:{" NAMES ":`cloudtrail.amazonaws.com`}", "iii" },
	{ "`ForAllValues:StringLike`:{" NAMES ":`*`}", "iii" },
	{ "`ForAllValues:StringEquals`:{" NAMES ":`x.amazonaws.com`}", "ddd" },
	{ "`ForAllValues:StringNotEquals`:{" NAMES ":`cloudtrail.amazonaws.com`}", "ddd" },
	{ "`StringEquals`:{" NAMES ":`cloudtrail.amazonaws.com`}", "iii" },
	{ "`Null`:{" NAMES ":`false`}", "aaa" },
	{ "`ForAnyValue:StringLike`:{`aws:PrincipalOrgPaths`:`o-a1b2c3/*`}", "ddd" },

	/* the AND over keys and operators */
	{ "`StringEquals`:{" ACCOUNT ":`111122223333`," UNKNOWN ":`x`}", "iii" },
	{ "`StringEquals`:{" ACCOUNT ":`444455556666`," UNKNOWN ":`x`}", "ddd" },
	{ "`StringEquals`:{" UNKNOWN ":`x`},`Null`:{" CONTEXT ":`false`}", "idi" },
	{ "`StringEquals`:{" ACCOUNT ":`111122223333`},`StringLike`:{" ACCOUNT ":`2*`}", "ddd" },

	/* variables */
	{ "`StringEquals`:{" ACCOUNT ":`${aws:ResourceAccount}`}", "aaa" },
	{ "`StringEquals`:{" ACCOUNT ":`${AWS:RESOURCEACCOUNT}`}", "aaa" },
	{ "`StringEquals`:{" ACCOUNT ":`${kms:ViaService}`}", "iii" },
	{ "`StringEquals`:{" ACCOUNT ":`${aws:CurrentTime}`}", "iii" },
	{ "`StringEquals`:{" ACCOUNT ":`x${kms:ViaService}`}", "iii" },
	{ "`StringEquals`:{" ACCOUNT ":[`${kms:ViaService}`,`111122223333`]}", "aaa" },
	{ "`StringNotEquals`:{" ACCOUNT ":[`${kms:ViaService}`,`111122223333`]}", "ddd" },
	{ "`StringNotEquals`:{" ACCOUNT ":[`${kms:ViaService}`,`x`]}", "iii" },
	{ "`StringEquals`:{" ACCOUNT ":`${aws:PrincipalTag/account}`}", "ddd" },
	{ "`StringNotEquals`:{" ACCOUNT ":`${aws:PrincipalTag/account}`}", "aaa" },
	{ "`StringEquals`:{" ACCOUNT ":`${aws:PrincipalTag/account}${kms:ViaService}`}", "ddd" },
	{ "`StringEquals`:{" ACCOUNT ":`${aws:PrincipalTag/account, '111122223333'}`}", "aaa" },
	{ "`StringEquals`:{" ACCOUNT ":`${aws:PrincipalTag/account,'111122223333'}`}", "aaa" },
	{ "`StringEquals`:{" ACCOUNT ":`${aws:PrincipalTag/account, 'x'}`}", "ddd" },
	{ "`StringEquals`:{" ACCOUNT ":`1111${aws:PrincipalTag/account, ''}22223333`}", "aaa" },
	{ "`StringEquals`:{" ACCOUNT ":`${aws:ResourceAccount, 'x'}`}", "aaa" },
	{ "`StringEquals`:{" ACCOUNT ":`${kms:ViaService, '111122223333'}`}", "iii" },
	{ "`StringEquals`:{" ACCOUNT ":`${aws:PrincipalTag/account, 111122223333}`}", "iii" },
	{ "`StringEquals`:{" ACCOUNT ":`${aws:PrincipalTag/account, 'x}`}", "iii" },
	{ "`StringEquals`:{" ACCOUNT ":`${}`}", "iii" },
	{ "`StringEquals`:{" ACCOUNT ":`${\\u0000}`}", "iii" },
	{ "`StringEquals`:{" ACCOUNT ":`${ aws:ResourceAccount }`}", "iii" },
	{ "`StringEquals`:{" ACCOUNT ":`${aws:ResourceAccount`}", "ddd" },
	{ "`StringNotEquals`:{" ACCOUNT ":`${aws:ResourceAccount`}", "aaa" },
	{ "`StringLike`:{" ACCOUNT ":`*${aws:ResourceAccount`}", "ddd" },
	{ "`StringLike`:{" ACCOUNT ":`${aws:ResourceAccount}*`}", "aaa" },
	{ "`StringLike`:{" ACCOUNT ":`${*}`}", "ddd" },
	{ "`StringLike`:{" ACCOUNT ":`111122223333${*}`}", "ddd" },
	{ "`StringLike`:{" ACCOUNT ":`${?}11122223333`}", "ddd" },
	{ "`StringLike`:{" ACCOUNT ":`${aws:PrincipalTag/x, '*'}`}", "ddd" },
	{ "`StringLike`:{" ACCOUNT ":`${aws:PrincipalTag/x, '?11122223333'}`}", "ddd" },
	{ "`StringEquals`:{" ACCOUNT ":`${$}`}", "ddd" },
	{ "`StringEquals`:{" SOURCE
	  ":`arn:aws:cloudtrail:${aws:RequestedRegion}:${aws:SourceAccount}:trail/main-trail`}", "aaa" },
	{ "`ArnLike`:{" SOURCE ":`arn:aws:cloudtrail:*:${aws:SourceAccount}:trail/*`}", "aaa" },
	{ "`ArnEquals`:{" SOURCE ":`arn:aws:cloudtrail:*:${aws:PrincipalTag/a:b, '111122223333'}:trail/*`}",
	  "aaa" },
	{ "`ArnLike`:{" SOURCE ":`${aws:SourceArn}`}", "ddd" },
	{ "`ArnLike`:{" SOURCE ":`arn:aws:cloudtrail:us-east-1:${aws:PrincipalTag/x, "
	  "'111122223333:trail/main-trail'}`}", "ddd" },
	{ "`ArnLike`:{" SOURCE ":`arn:aws:cloudtrail:*:${aws:userid}:trail/*`}", "iii" },
	{ "`StringLike`:{" SOURCE ":`${aws:SourceArn}`}", "aaa" },
	{ "`Bool`:{`aws:SecureTransport`:`${aws:PrincipalIsAWSService}`}", "aaa" },
	{ "`ForAnyValue:StringEquals`:{" CONTEXT_KEYS ":`${aws:PrincipalTag/x, 'aws:s3:arn'}`}", "ada" },
	{ "`StringEquals`:{" ACCOUNT ":`" "${aws:PrincipalServiceNamesList}`}", "iii" },
	{ "`NumericEquals`:{" ACCOUNT ":`${aws:ResourceAccount}`}", "ddd" },
	{ "`Null`:{" ABSENT ":`${aws:SecureTransport}`}", "ddd" },
	{ "`StringEquals`:{`aws:${SourceAccount}`:`x`}", "iii" },
};

static void
test_conditions(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char policy[4096];

		snprintf(policy, sizeof(policy), "{`Version`:`2012-10-17`,`Statement`:[{`Effect`:`Allow`,"
		    CLOUDTRAIL ",`Action`:`kms:*`,`Resource`:`*`,`Condition`:{%s}}]}", rows[i].condition);
		assert_letters(i, policy, rows[i].want);
	}
}

/* A condition that must hold for an Allow must fail for a Deny to let through: NOT T is F. */
static void
test_conditions_of_deny(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char policy[4096], want[4];

		for (int k = 0; k < 4; k++)
			want[k] = rows[i].want[k] == 'a' ? 'd' : rows[i].want[k] == 'd' ? 'a' :
			    rows[i].want[k];
		snprintf(policy, sizeof(policy), "{`Version`:`2012-10-17`,`Statement`:[" ALLOW_ALL
		    ",{`Effect`:`Deny`,`Principal`:`*`,`Action`:`*`,`Resource`:`*`,`Condition`:{%s}}]}",
		    rows[i].condition);
		assert_letters(i, policy, want);
	}
}

/* Without variables the text stands for itself; its wildcards stay wildcards. */
static const struct row old_rows[] = {
	{ "`StringEquals`:{" ACCOUNT ":`${aws:ResourceAccount}`}", "ddd" },
	{ "`StringNotEquals`:{" ACCOUNT ":`${kms:ViaService}`}", "aaa" },
	{ "`StringLike`:{" ACCOUNT ":`${aws:ResourceAccount}`}", "ddd" },
	{ "`StringLike`:{" ACCOUNT ":`${*}`}", "ddd" },
	{ "`ArnLike`:{" SOURCE ":`arn:aws:cloudtrail:*:${aws:SourceAccount}:trail/*`}", "ddd" },
	{ "`StringEquals`:{" ACCOUNT ":`${aws:PrincipalTag/x, '111122223333'}`}", "ddd" },
};

static void
test_old_version(void **state)
{
	static const char *const versions[] = { "`Version`:`2008-10-17`,", "" };

	(void)state;
	for (size_t i = 0; i < COUNT(old_rows) * COUNT(versions); i++) {
		const struct row *row = &old_rows[i / COUNT(versions)];
		char policy[4096];

		snprintf(policy, sizeof(policy), "{%s`Statement`:[{`Effect`:`Allow`," CLOUDTRAIL
		    ",`Action`:`kms:*`,`Resource`:`*`,`Condition`:{%s}}]}", versions[i % COUNT(versions)],
		    row->condition);
		assert_letters(i, policy, row->want);
	}
}

/* ---- operators over values that CloudTrail does not send but a caller may know ---- */

static const struct value_row {
	const char	*value;		/* of the request */
	const char	*condition;	/* "OPERATOR`:{`x:y`:VALUES" without the key */
	const char	*values;
	char		 want;
} value_rows[] = {
	{ "2026-01-02T03:04:05Z", "DateEquals", "`2026-01-02T03:04:05Z`", 'a' },
	{ "2026-01-02T03:04:05Z", "DateEquals", "`2026-01-02T04:04:05+01:00`", 'a' },
	{ "2026-01-02T03:04:05Z", "DateEquals", "1767323045", 'a' },
	{ "1767323045", "DateEquals", "`2026-01-02T03:04:05Z`", 'a' },
	{ "2026-01-02T03:04:05Z", "DateNotEquals", "`2026-01-02T03:04:05Z`", 'd' },
	{ "2026-01-02T03:04:05Z", "DateLessThan", "`2026-01-02T03:04:06Z`", 'a' },
	{ "2026-01-02T03:04:05Z", "DateLessThan", "`2026-01-02T03:04:05Z`", 'd' },
	{ "2026-01-02T03:04:05Z", "DateLessThanEquals", "`2026-01-02T03:04:05Z`", 'a' },
	{ "2026-01-02T03:04:05Z", "DateGreaterThan", "`2026-01-02T03:04:04Z`", 'a' },
	{ "2026-01-02T03:04:05Z", "DateGreaterThanEquals", "`2026-01-02T03:04:06Z`", 'd' },
	{ "2026-01-02T03:04:05Z", "DateGreaterThan", "`yesterday`", 'd' },
	{ "2026-01-02T03:04:05Z", "DateEquals", "`2026-01-02T03:04:05Z\\u0000`", 'd' },
	{ "203.0.113.7", "IpAddress", "`203.0.113.0/24`", 'a' },
	{ "203.0.113.7", "IpAddress", "`203.0.113.7`", 'a' },
	{ "203.0.113.7", "IpAddress", "`203.0.113.6/31`", 'a' },
	{ "203.0.113.7", "IpAddress", "`203.0.113.8/31`", 'd' },
	{ "203.0.113.7", "IpAddress", "[`10.0.0.0/8`,`0.0.0.0/0`]", 'a' },
	{ "203.0.113.7", "IpAddress", "`::/0`", 'd' },
	{ "203.0.113.7", "IpAddress", "`203.0.113.0/33`", 'd' },
	{ "203.0.113.7", "IpAddress", "`203.0.113.0/`", 'd' },
	{ "203.0.113.7", "IpAddress", "`203.0.113.0/-1`", 'd' },
	{ "203.0.113.7", "IpAddress", "`203.0.113.0/24x`", 'd' },
	{ "203.0.113.7", "IpAddress", "`203.0.113`", 'd' },
	{ "203.0.113.7", "NotIpAddress", "`203.0.113.0/24`", 'd' },
	{ "203.0.113.7", "NotIpAddress", "`198.51.100.0/24`", 'a' },
	{ "2001:db8::7", "IpAddress", "`2001:db8::/32`", 'a' },
	{ "2001:db8::7", "IpAddress", "`2001:db9::/32`", 'd' },
	{ "2001:db8::7", "IpAddress", "`2001:0DB8:0:0::7/128`", 'a' },
	{ "abc", "BinaryEquals", "`YWJj`", 'a' },
	{ "abc", "BinaryEquals", "`YWJk`", 'd' },
	{ "abc", "BinaryEquals", "`abc`", 'd' },
	{ "7", "NumericEquals", "`7.0`", 'a' },
	{ "7", "NumericEquals", "`+7`", 'a' },
	{ "-7.5", "NumericLessThan", "-7", 'a' },
	{ "7", "NumericEquals", "`nan`", 'd' },
	{ "7", "NumericLessThan", "`inf`", 'd' },
	{ "7", "NumericEquals", "` 7`", 'd' },
	{ "7", "NumericEquals", "`7 `", 'd' },
	{ "gr\xc3\xbc\xc3\x9f", "StringLike", "`gr??`", 'a' },
	{ "gr\xc3\xbc\xc3\x9f", "StringLike", "`gr???`", 'd' },
	{ "gr\xc3\xbc\xc3\x9f", "StringLike", "`*?\\u00df`", 'a' },
	{ "a*b", "StringLike", "`a${*}b`", 'a' },
	{ "axb", "StringLike", "`a${*}b`", 'd' },
	{ "a?b", "StringLike", "`a${?}b`", 'a' },
	{ "a$b", "StringLike", "`a${$}b`", 'a' },
	{ "a${b", "StringLike", "`a${$}{b`", 'a' },
	{ "a${b", "StringEquals", "`a${b`", 'a' },
	{ "a${b", "StringLike", "`a${*`", 'a' },
	{ "a*b", "StringEquals", "`a${*}b`", 'a' },
	{ "a}b", "StringEquals", "`a}b`", 'a' },
	{ "$a", "StringEquals", "`$a`", 'a' },
	{ "${}", "StringEquals", "`${$}{}`", 'a' },
	{ "ab:c", "StringLike", "`a?:?`", 'a' },
	{ "a:b:c:d:e:f:g", "ArnLike", "`a:b:c:d:e:f:g`", 'a' },
	{ "a:b:c:d:e:f:g", "ArnLike", "`a:b:c:d:e:f*`", 'a' },
	{ "a:b:c:d:e:f:g", "ArnLike", "`a:b:c:d:e:f?g`", 'a' },
	{ "a:b:c:d:e:f:g", "ArnLike", "`a:b:c:d:e?f:g`", 'd' },
	{ "a:b:c:d:e:f", "ArnLike", "`a:b:*:d:e:f`", 'a' },
	{ "a:b:c:d:e:f", "ArnLike", "`a:b:*:e:f`", 'd' },
	{ "a::c:::f", "ArnLike", "`a:*:c:*::f`", 'a' },
	{ "a::c:::f", "ArnLike", "`a:?:c:::f`", 'd' },
	{ "a:b:c:d:e:", "ArnLike", "`a:b:c:d:e:*`", 'a' },
	{ "a:b:c:d:e", "ArnLike", "`a:b:c:d:e`", 'd' },
};

static void
test_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(value_rows); i++) {
		const struct value_row *row = &value_rows[i];
		struct policy_request request = { .action = "x:Y", .service = "s", .resource = "a:b" };
		struct arena *arena = arena_new();
		struct policy_decision decision;
		const struct policy *policy;
		char text[1024];
		struct err err;

		snprintf(text, sizeof(text), "{`Version`:`2012-10-17`,`Statement`:[{`Effect`:`Allow`,"
		    "`Principal`:`*`,`Action`:`*`,`Resource`:`*`,`Condition`:{`%s`:{`x:y`:%s}}}]}",
		    row->condition, row->values);
		policy_request_set(&request, (struct policy_fact){ .name = "X:y",
		    .presence = POLICY_KNOWN, .values = { row->value }, .count = 1 });
		assert_int_equal(policy_parse(arena, quoted(text), strlen(text), &policy, &err), 0);
		policy_evaluate(policy, &request, &decision);
		if (policy_verdict_name(decision.verdict)[0] != row->want)
			fail_msg("row %zu: %s: %s", i, policy_verdict_name(decision.verdict), text);
		assert_true(strlen(policy_explain(arena, policy, &request, &decision)) > 0);
		arena_free(arena);
	}
}

/* What a caller knows replaces what the table says. */
static void
test_set(void **state)
{
	struct policy_request request;
	struct arena *arena = arena_new();
	const struct policy_fact *fact;
	unsigned count;
	struct err err;

	(void)state;
	assert_int_equal(policy_request_init(arena, POLICY_DECRYPT, KEY, TRAIL, &request, &err), 0);
	count = request.fact_count;
	policy_request_set(&request, (struct policy_fact){ .name = "KMS:viaservice",
	    .presence = POLICY_KNOWN, .values = { "s3.us-east-1.amazonaws.com" }, .count = 1 });
	policy_request_set(&request, (struct policy_fact){ .name = "aws:TAGKEYS",
	    .presence = POLICY_UNKNOWN });
	assert_int_equal(request.fact_count, count + 1);
	fact = policy_request_find(&request, (struct policy_text){ "kms:ViaService", 14 });
	assert_int_equal(fact->presence, POLICY_KNOWN);
	fact = policy_request_find(&request, (struct policy_text){ "aws:TagKeys", 11 });
	assert_int_equal(fact->presence, POLICY_UNKNOWN);
	arena_free(arena);
}

/* Patterns grow when variables are filled: what exceeds the cap is not known, and nothing hangs. */
static void
test_growth(void **state)
{
	struct arena *arena = arena_new();
	struct policy_judgement judgement;
	struct buf text;

	(void)state;
	buf_init(&text, POLICY_MAX_BYTES);
	buf_adds(&text, "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":"
	    "\"*\",\"Action\":\"kms:*\",\"Resource\":\"*\",\"Condition\":{\"StringLike\":{"
	    "\"aws:SourceArn\":\"");
	for (int i = 0; i < 50000; i++)
		buf_adds(&text, "*${aws:SourceArn}");
	buf_adds(&text, "\"}}}}");
	assert_false(text.overflowed);
	assert_string_equal(judged(arena, text.data, text.len, KEY, TRAIL, &judgement), "iii");
	buf_done(&text);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_conditions_of_deny),
		cmocka_unit_test(test_old_version),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_growth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
