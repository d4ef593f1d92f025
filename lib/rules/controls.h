/* SPDX-License-Identifier: Apache-2.0 */
/* Framework references, by what a rule guards. Each names the edition that it was read in. */
#ifndef TRAILSEAL_RULES_CONTROLS_H
#define TRAILSEAL_RULES_CONTROLS_H

/* "CloudTrail logs are encrypted at rest with KMS keys" */
#define CONTROLS_CIS "CIS AWS Foundations 1.2: 2.7; 1.4 to 2.0: 3.7; 3.0 to 5.0: 3.5; " \
	"6.0 and 7.0: 4.5"

/* Encryption of the records at rest, and their protection by it. */
#define CONTROLS_ENCRYPTED "NIST CSF 1.1: PR.DS-1; NIST SP 800-53 rev. 5: AU-9, SC-28; " \
	"PCI DSS 4.0: 3.5, 10.3; HIPAA: 164.312(a)(2)(iv); 21 CFR Part 11: 11.10(c); " \
	"SOC 2: CC6.1; ISO/IEC 27001:2022: A.8.24"

/* That the records are made at all. */
#define CONTROLS_LOGGED "21 CFR Part 11: 11.10(e); ISO/IEC 27001:2022: A.8.15"

/* That the records stay, unchanged. */
#define CONTROLS_KEPT "NIST SP 800-53 rev. 5: AU-9; PCI DSS 4.0: 10.3; " \
	"21 CFR Part 11: 11.10(c), 11.10(e); ISO/IEC 27001:2022: A.8.15"

#endif
