"""SQS: a batch call is allowed by the permission of the single call.

Real AWS has no permission of the batch calls' own: ``sqs:SendMessage`` covers
SendMessageBatch, and so on. With AUTH=true stock ministack asks for
``sqs:SendMessageBatch``, which nobody can be granted on AWS.
"""
from .hooks import wrap

SINGLE = {f"sqs:{call}Batch": f"sqs:{call}" for call in ("SendMessage", "DeleteMessage", "ChangeMessageVisibility")}


def apply():
    import ministack.core.iam_actions as actions

    def granted_as_single(original):
        def extract(*args, **kwargs):
            action = original(*args, **kwargs)
            return SINGLE.get(action, action)
        return extract

    wrap(actions, "extract_iam_action", granted_as_single)
