"""Where the view is."""

from django.urls import path

from bench import pushes
from bench.peers.django_site.views import wechat

urlpatterns = [path(pushes.PATH.lstrip("/"), wechat)]
