# SPDX-License-Identifier: Apache-2.0
#
# Records of CloudTrail for trailseald, within seconds: an EventBridge rule and a queue of SQS, for
# the provider's region. The rule needs a trail that logs there.

terraform {
  required_version = ">= 1.3"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 4.0"
    }
  }
}

data "aws_region" "here" {}

resource "aws_sqs_queue" "dead" {
  name                      = "${var.queue_name}-dead"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue" "events" {
  name                       = var.queue_name
  visibility_timeout_seconds = 60
  receive_wait_time_seconds  = 20
  message_retention_seconds  = 345600
  sqs_managed_sse_enabled    = true

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = 20
  })
}

resource "aws_cloudwatch_event_rule" "events" {
  name          = var.queue_name
  description   = "Records of CloudTrail that trailseald has rules about"
  event_pattern = file("${path.module}/event-pattern.json")
}

resource "aws_cloudwatch_event_target" "queue" {
  rule      = aws_cloudwatch_event_rule.events.name
  target_id = "queue"
  arn       = aws_sqs_queue.events.arn

  dead_letter_config {
    arn = aws_sqs_queue.dead.arn
  }
}

resource "aws_sqs_queue_policy" "queues" {
  for_each  = { events = aws_sqs_queue.events, dead = aws_sqs_queue.dead }
  queue_url = each.value.url

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "EventBridge"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = each.value.arn
        Condition = { ArnEquals = { "aws:SourceArn" = aws_cloudwatch_event_rule.events.arn } }
      },
      {
        Sid       = "OnlyByTls"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = each.value.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_iam_role_policy" "reader" {
  count = var.reader_role == "" ? 0 : 1
  name  = "${var.queue_name}-queue-${data.aws_region.here.name}"
  role  = var.reader_role

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Queue"
        Effect   = "Allow"
        Action   = ["sqs:DeleteMessage", "sqs:ReceiveMessage"]
        Resource = aws_sqs_queue.events.arn
      },
    ]
  })
}
