"""Addresses that belong to no room."""

from django.urls import path

from core import views

urlpatterns = [
    path("text-size/", views.set_text_size, name="text-size"),
]
