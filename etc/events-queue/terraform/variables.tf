# SPDX-License-Identifier: Apache-2.0

variable "queue_name" {
  description = "Name of the queue; the dead-letter queue's and the rule's begin with it."
  type        = string
  default     = "trailseal"

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,75}$", var.queue_name))
    error_message = "Up to 75 letters, digits, hyphens and underscores."
  }
}

variable "reader_role" {
  description = "Name of the role of this account that trailseald reads the queue with (queues[].role_arn). Empty: it gets its permissions elsewhere."
  type        = string
  default     = "trailseal"
}
