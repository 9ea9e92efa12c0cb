"""What the department keeps for its examinations: contrast agents and safety questions."""

from django.db.models import QuerySet
from rest_framework import serializers, viewsets

from staff.access import StaffApiRequest
from worklist.models import ContrastAgent, Question, Questionnaire

SEE = "worklist.view_scheduledprocedure"


class ContrastAgentSerializer(serializers.ModelSerializer[ContrastAgent]):
    """A contrast agent or drug; more than `most_ml` has to be meant."""

    class Meta:
        model = ContrastAgent
        fields = ("id", "name", "kind", "concentration", "most_ml", "is_active")
        read_only_fields = fields


class QuestionSerializer(serializers.ModelSerializer[Question]):
    """A question, whom it concerns, and which answers worry."""

    class Meta:
        model = Question
        fields = (
            *("id", "position", "text", "help", "kind", "unit", "concern", "worrying_answer"),
            *("amber_below", "red_below", "explanation", "only_sex", "from_age", "to_age"),
            *("valid_days", "alert_kind", "is_active"),
        )
        read_only_fields = fields


class QuestionnaireSerializer(serializers.ModelSerializer[Questionnaire]):
    """A set of questions, retired ones too."""

    questions = QuestionSerializer(many=True, read_only=True)

    class Meta:
        model = Questionnaire
        fields = ("id", "code", "title", "is_active", "questions")
        read_only_fields = fields


class ContrastAgentViewSet(viewsets.ReadOnlyModelViewSet[ContrastAgent]):
    """What is given here. It is kept in the admin."""

    request: StaffApiRequest
    queryset = ContrastAgent.objects.none()
    serializer_class = ContrastAgentSerializer
    filterset_fields = ("kind", "is_active")
    action_permissions = {"list": SEE, "retrieve": SEE}

    def get_queryset(self) -> QuerySet[ContrastAgent]:
        return ContrastAgent.objects.all()


class QuestionnaireViewSet(viewsets.ReadOnlyModelViewSet[Questionnaire]):
    """Safety questions. They are kept in the admin."""

    request: StaffApiRequest
    queryset = Questionnaire.objects.none()
    serializer_class = QuestionnaireSerializer
    filterset_fields = ("code", "is_active")
    action_permissions = {"list": SEE, "retrieve": SEE}

    def get_queryset(self) -> QuerySet[Questionnaire]:
        return Questionnaire.objects.prefetch_related("questions")
